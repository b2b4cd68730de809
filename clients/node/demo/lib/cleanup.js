// What has to be undone at the end, in reverse order. A step that hangs or fails does not keep the others from running.
import { within } from './wait.js';

const STEP_TIMEOUT_MS = 10_000;

/** A stack of things to undo. */
export class Cleanup {
  #steps = [];

  /**
   * @param {string} what
   * @param {() => unknown} undo
   */
  defer(what, undo) {
    this.#steps.push({ what, undo });
  }

  /**
   * Undoes everything.
   * @returns {Promise<string[]>} What went wrong.
   */
  async run() {
    const failures = [];
    while (this.#steps.length > 0) {
      const { what, undo } = this.#steps.pop();
      try {
        await within(Promise.resolve().then(undo), what, STEP_TIMEOUT_MS);
      } catch (error) {
        failures.push(`${what}: ${error.message}`);
      }
    }
    return failures;
  }
}
