// Waiting for something to stop.
import { until } from '../../../clients/node/demo/lib/wait.js';

/**
 * Waits until a value has been the same in so many readings in a row.
 * @param {string} what For the error text.
 * @param {() => Promise<number>} read
 * @param {{readings?: number, timeoutMs?: number}} [options] Defaults: 30 readings, 20 ms apart; 15 s.
 * @returns {Promise<number>} The value.
 */
export async function steady(what, read, { readings = 30, timeoutMs } = {}) {
  let last = NaN;
  let same = 0;
  await until(what, async () => {
    const now = await read();
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= readings;
  }, { timeoutMs });
  return last;
}
