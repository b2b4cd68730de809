// A queue whose ends cost the same however long it is: shift() of a long array moves all of it.

// So many places may be empty at the front before what follows is moved there.
const MAX_EMPTY = 1024;

export class Fifo<T> implements Iterable<T> {
  #items: Array<T | undefined> = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest; undefined: there is none. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts items before all others, the first of them at the very front. */
  prepend(items: readonly T[]): void {
    if (items.length > this.#head) {
      this.#items = [...items, ...this];
      this.#head = 0;
      return;
    }
    this.#head -= items.length;
    for (const [i, item] of items.entries()) this.#items[this.#head + i] = item;
  }

  /** Takes the oldest out. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // At least half is empty: on average an item is moved once.
    if (this.#head === this.#items.length || (this.#head >= MAX_EMPTY && 2 * this.#head >= this.#items.length)) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes the oldest out for which the condition holds. */
  take(condition: (item: T) => boolean): T | undefined {
    for (let i = this.#head; i < this.#items.length; ++i) {
      const item = this.#items[i] as T;
      if (!condition(item)) continue;
      if (i === this.#head) return this.shift();
      this.#items.splice(i, 1);
      return item;
    }
    return undefined;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.#head; i < this.#items.length; ++i) yield this.#items[i] as T;
  }
}
