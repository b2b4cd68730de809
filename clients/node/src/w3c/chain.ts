// W3C operations chain (WebRTC 1.0, 4.4.1.2): operations end one after the other. One that nothing before it can make differ
// is sent ahead: it begins early, and its end is told in its turn.
import { Fifo } from './fifo';

interface Operation {
  begin: () => void;
  begun: boolean;
  /** Whether it may begin while others of its kind go on. */
  ahead: boolean;
  /** Tells its end; null: it goes on. */
  tell: (() => void) | null;
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

  /**
   * Runs an operation in its turn. When the connection is closed meanwhile, the promise never settles.
   * @param ahead It does not depend on others that are `ahead`, but for their order at the service.
   */
  add<T>(operation: () => Promise<T>, ahead: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (tell: () => void): void => {
        entry.tell = tell;
        this.#tellEnds();
      };
      const begin = (): void => {
        let result: Promise<T>;
        try {
          result = operation();
        } catch (error) {
          result = Promise.reject(error);
        }
        result.then((value) => end(() => resolve(value)), (error) => end(() => reject(error)));
      };
      const entry: Operation = { begin, begun: false, ahead, tell: null };
      this.#operations.push(entry);
      this.#begin();
    });
  }

  // The first one, and those after it that need not wait.
  #begin(): void {
    let first = true;
    for (const operation of this.#operations) {
      if (!first && !operation.ahead) return;
      first = false;
      if (!operation.begun) {
        operation.begun = true;
        operation.begin();
      }
      if (!operation.ahead) return;
    }
  }

  #tellEnds(): void {
    let tell = this.#operations.first?.tell;
    if (!tell || this.#isClosed()) return;
    for (; tell; tell = this.#operations.first?.tell) {
      tell();
      this.#operations.shift();
    }
    if (this.empty) this.#onEmpty();
    else this.#begin();
  }
}
