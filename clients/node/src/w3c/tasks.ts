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

/** Runs operations one after the other, in the order of their arrival; a failed one does not stop the next. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation, operation);
    this.#last = result.catch(() => {});
    return result;
  }
}
