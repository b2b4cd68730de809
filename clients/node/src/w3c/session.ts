// One connection at the service: calls go there in order and ahead of their answers, events come from there in order.
import type { Client } from '../client';
import { PeerConnectionError } from '../errors';
import type { Event as ApiEvent, PeerConnectionSnapshot } from '../gen/contract';
import type { CallOptions } from '../methods';
import { CallOrder } from '../order';
import { Fifo } from './fifo';
import { Pipeline, queueTask } from './tasks';

/** Who takes what comes. */
export interface SessionListener {
  onEvent(event: ApiEvent): void;
  /** Events are missing; this is how things stand now. */
  onSnapshot(snapshot: PeerConnectionSnapshot): void;
  /** The connection cannot be used any more. */
  onLost(error: unknown): void;
}

// Longest pause between attempts to hear of the connection again.
const MAX_DELAY_MS = 1_000;

const isEvent = (item: ApiEvent | PeerConnectionSnapshot): item is ApiEvent => 'sequence' in item;
/** The last event that an item of the log tells of. */
const sequenceIn = (item: ApiEvent | PeerConnectionSnapshot): number =>
  isEvent(item) ? item.sequence : item.peerConnection?.lastEventSequence ?? 0;

// It was closed unheard, or the service was started anew: its connections ended with it.
const gone = (): PeerConnectionError => new PeerConnectionError({
  code: 'NOT_FOUND', reason: 'PEER_CONNECTION_NOT_FOUND', domain: 'peerconnection.v1', message: 'the service has no such connection any more',
});

/** A connection at the service, from its creation on. */
export class Session {
  readonly client: Client;
  /** The service's id of the connection. */
  readonly id: Promise<string>;
  readonly #calls = new Pipeline();
  readonly #inOrder: CallOptions = { order: new CallOrder() };
  readonly #abort = new AbortController();
  #listener: SessionListener | null = null;
  readonly #inbox = new Fifo<ApiEvent | PeerConnectionSnapshot>();
  #holds = 0;
  #scheduled = false;
  #received = 0;
  #waiters: Array<{ sequence: number; resolve: () => void }> = [];
  #lost: { error: unknown } | null = null;

  constructor(client: Client, create: () => Promise<string>) {
    this.client = client;
    this.id = this.#calls.alone(create);
    this.id.catch(() => {}); // Every call meets the same error.
  }

  /** Begins to listen; once. */
  start(listener: SessionListener): void {
    this.#listener = listener;
    this.id.then((id) => this.#watch(id)).catch((error) => this.#lose(error));
  }

  /**
   * Sends a call, or several, without waiting for the answers of those before.
   * @param operation Sends them all before it returns, with the options that it gets: the service keeps their order.
   * @param settle Takes the result, when all calls before it have been answered.
   * @param fail Takes the error instead.
   */
  call<T, R = T>(
    operation: (id: string, inOrder: CallOptions) => Promise<T>, settle?: (result: T) => R, fail?: (error: unknown) => R,
  ): Promise<R> {
    return this.#calls.run(async () => operation(await this.#usableId(), this.#inOrder), settle, fail);
  }

  /** Makes calls when all before them have been answered; those after them wait. They may depend on each other. */
  alone<T>(operation: (id: string) => Promise<T>): Promise<T> {
    return this.#calls.alone(async () => operation(await this.#usableId()));
  }

  /** As `alone`, also of a connection that is lost here: the service may have it all the same. */
  last<T>(operation: (id: string) => Promise<T>): Promise<T> {
    return this.#calls.alone(async () => operation(await this.id));
  }

  async #usableId(): Promise<string> {
    const id = await this.id;
    if (this.#lost) throw this.#lost.error;
    return id;
  }

  /**
   * Makes a call, alone, while events wait, and hands over those that had happened when it was done: what the call changed and
   * the events that tell of it become one step.
   * @param settle Takes the response and the events; called in a task.
   */
  async step<T, R>(
    operation: (id: string) => Promise<T>, sequenceOf: (response: T) => number,
    settle: (response: T, events: ApiEvent[]) => R,
  ): Promise<R> {
    return this.alone(async (id) => {
      ++this.#holds;
      try {
        const response = await operation(id);
        await this.#until(sequenceOf(response));
        return await new Promise<R>((resolve, reject) => {
          queueTask(() => {
            try {
              this.#catchUp(sequenceOf(response));
              resolve(settle(response, this.#take(sequenceOf(response))));
            } catch (error) {
              reject(error);
            }
          });
        });
      } finally {
        --this.#holds;
        this.#schedule();
      }
    });
  }

  /** Puts events back that were taken and not used: they come one by one. */
  returnEvents(events: ApiEvent[]): void {
    this.#inbox.prepend(events);
  }

  /** Ends listening. Calls go on. */
  stop(): void {
    this.#listener = null;
    this.#inbox.clear();
    this.#abort.abort();
    this.#wakeWaiters(Infinity);
  }

  async #watch(id: string): Promise<void> {
    const watch = this.client.follow(
      { peerConnectionIds: [id], resumeAfter: { [id]: 0 } }, { signal: this.#abort.signal, maxDelayMs: MAX_DELAY_MS });
    try {
      for await (const { event, snapshot, gap } of watch) {
        if (gap?.gone) throw gone();
        if (snapshot) this.#receive(snapshot, sequenceIn(snapshot));
        if (event) this.#receive(event, event.sequence);
        if (event?.event === 'closed') return;
      }
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      throw error;
    }
  }

  #receive(item: ApiEvent | PeerConnectionSnapshot, sequence: number): void {
    this.#inbox.push(item);
    this.#received = sequence;
    this.#wakeWaiters(sequence);
    this.#schedule();
  }

  // One event is one task, so that promises settle and handlers run in between.
  #schedule(): void {
    if (this.#scheduled || this.#holds > 0 || this.#inbox.length === 0) return;
    this.#scheduled = true;
    queueTask(() => {
      this.#scheduled = false;
      if (this.#holds > 0) return;
      const item = this.#inbox.shift();
      this.#schedule();
      if (item) this.#deliver(item);
    });
  }

  // A snapshot that the response is newer than would set back what the response tells: it comes first, with all before it.
  #catchUp(sequence: number): void {
    const due = [...this.#inbox].findLastIndex((item) => !isEvent(item) && sequenceIn(item) <= sequence) + 1;
    for (let i = 0; i < due; ++i) {
      const item = this.#inbox.shift();
      if (item) this.#deliver(item);
    }
  }

  #deliver(item: ApiEvent | PeerConnectionSnapshot): void {
    if (isEvent(item)) this.#listener?.onEvent(item);
    else this.#listener?.onSnapshot(item);
  }

  #take(sequence: number): ApiEvent[] {
    const events: ApiEvent[] = [];
    const later: Array<ApiEvent | PeerConnectionSnapshot> = [];
    for (const item of this.#inbox) {
      if (isEvent(item) && item.sequence <= sequence) events.push(item);
      else later.push(item);
    }
    this.#inbox.clear();
    for (const item of later) this.#inbox.push(item);
    return events;
  }

  #until(sequence: number): Promise<void> {
    if (this.#received >= sequence || this.#lost || !this.#listener) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ sequence, resolve }));
  }

  #wakeWaiters(sequence: number): void {
    const due = this.#waiters.filter((waiter) => waiter.sequence <= sequence);
    this.#waiters = this.#waiters.filter((waiter) => waiter.sequence > sequence);
    for (const { resolve } of due) resolve();
  }

  #lose(error: unknown): void {
    if (this.#lost) return;
    this.#lost = { error };
    this.#wakeWaiters(Infinity);
    queueTask(() => this.#listener?.onLost(error));
  }
}
