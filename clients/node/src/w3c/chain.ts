// W3C operations chain (WebRTC 1.0, 4.4.1.2): one operation at a time.
import { Fifo } from './fifo';

interface Operation {
  run: () => void;
}

export class OperationsChain {
  readonly #isClosed: () => boolean;
  readonly #onEmpty: () => void;
  readonly #operations = new Fifo<Operation>();

  /** @param onEmpty Called when the last operation has ended. */
  constructor(isClosed: () => boolean, onEmpty: () => void) {
    this.#isClosed = isClosed;
    this.#onEmpty = onEmpty;
  }

  get empty(): boolean {
    return this.#operations.length === 0;
  }

  /** Runs an operation in its turn. When the connection is closed meanwhile, the promise never settles. */
  add<T>(operation: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        if (this.#isClosed()) return;
        then();
        this.#operations.shift();
        const next = this.#operations.first;
        if (next) next.run();
        else this.#onEmpty();
      };
      const run = (): void => {
        let result: Promise<T>;
        try {
          result = operation();
        } catch (error) {
          result = Promise.reject(error);
        }
        result.then((value) => settle(() => resolve(value)), (error) => settle(() => reject(error)));
      };
      this.#operations.push({ run });
      if (this.#operations.length === 1) run();
    });
  }
}
