// Waiting for conditions: every wait has a deadline and says what it waited for.

/** Something did not happen in time. */
export class Timeout extends Error {
  /** @param {string} what @param {number} ms */
  constructor(what, ms) {
    super(`${what}: not within ${ms / 1000} s`);
    this.name = 'Timeout';
  }
}

/** @param {number} ms @returns {Promise<void>} */
export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Rejects with a Timeout if the promise takes longer.
 * @template T
 * @param {Promise<T>} promise
 * @param {string} what
 * @param {number} ms
 * @returns {Promise<T>}
 */
export function within(promise, what, ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Timeout(what, ms)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Asks again and again until the answer is truthy, and returns it.
 * @template T
 * @param {string} what For the error text.
 * @param {() => T | Promise<T>} condition
 * @param {{timeoutMs?: number, intervalMs?: number}} [options] Defaults: 15 s, every 20 ms.
 * @returns {Promise<T>}
 */
export async function until(what, condition, { timeoutMs = 15_000, intervalMs = 20 } = {}) {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Timeout(what, timeoutMs);
    await delay(intervalMs);
  }
}
