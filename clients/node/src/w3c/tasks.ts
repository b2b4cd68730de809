// The event loop as specifications speak of it: tasks, each with its microtasks after it, in order.
import { Fifo } from './fifo';

const tasks = new Fifo<() => void>();

function runOne(): void {
  const task = tasks.shift();
  if (tasks.length > 0) setImmediate(runOne);
  task?.();
}

/** Queues a task: it runs after those queued before, and after all microtasks. */
export function queueTask(task: () => void): void {
  tasks.push(task);
  if (tasks.length === 1) setImmediate(runOne);
}

/**
 * Queues a task before those that wait: the rest of an algorithm that fires an event and goes on. Browsers run microtasks
 * after each event's handlers, so what a handler resolves is seen before the next event; Node does so between tasks only.
 */
export function queueNext(task: () => void): void {
  tasks.prepend([task]);
  if (tasks.length === 1) setImmediate(runOne);
}

const nothing = (): void => {};

/**
 * Begins operations in the order of their arrival, without waiting for their ends, and has them end in that order, however
 * they overtake each other: what follows from one happens after what followed from those before it.
 */
export class Pipeline {
  // Never rejected: all that have arrived have ended, and those that the next one waits for.
  #ended: Promise<unknown> = Promise.resolve();
  #open: Promise<unknown> = Promise.resolve();

  /**
   * @param settle What follows from its result, in its turn.
   * @param fail What follows from its failure, in its turn.
   */
  run<T, R = T>(
    operation: () => Promise<T>, settle: (result: T) => R = (result) => result as unknown as R,
    fail: (error: unknown) => R = (error) => { throw error; },
  ): Promise<R> {
    const begun = this.#open.then(operation);
    begun.catch(nothing); // That is told in its turn.
    return this.#last(this.#ended.then(() => begun).then(settle, fail));
  }

  /** Begins an operation when all before it have ended; those after it begin when it has ended. */
  alone<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last(this.#ended.then(operation));
    this.#open = this.#ended;
    return result;
  }

  #last<T>(operation: Promise<T>): Promise<T> {
    this.#ended = operation.then(nothing, nothing);
    return operation;
  }
}
