// The sending half of a data channel: a queue here, credit from the service, and the truth about bufferedAmount.
import type { StreamRequestInput } from '../gen/contract';
import { Fifo } from './fifo';

/** What can be queued. A Blob is read when its turn comes. */
export type Payload = string | Uint8Array | Blob;

// So many messages may be at the service of which it has not told that they left. It gives credit back by the bytes, and in
// large steps: the shortest messages would make many.
const MAX_UNSENT = 65_536;

interface Queued {
  payload: Payload;
  bytes: number;
}

// A message that the service has, but not yet the network.
interface Unsent {
  number: number;
  bytes: number;
  cost: number;
}

/** Where messages go. */
export interface MessageStream {
  /** Writes a message; returns its number at once, and when there is room for the next. */
  write(message: StreamRequestInput): { number: number; ready: Promise<void> };
}

/** One channel's way to the service. */
export class DataSender {
  readonly #channelId: string;
  readonly #stream: MessageStream;
  readonly #onSent: (bytes: number) => void;
  readonly #onError: (error: unknown) => void;
  readonly #onFull: () => void;
  readonly #queue = new Fifo<Queued>();
  readonly #unsent = new Fifo<Unsent>();
  #unsentBytes = 0;
  #credit = 0;
  // Costs that are known to have left before the service gave the credit back.
  #advance = 0;
  #written = 0;
  #running = false;
  #open = false;
  #whenEmpty: Array<() => void> = [];

  /**
   * @param onSent Called with bytes that have left for the network.
   * @param onError Called when a message could not be written; no other will be.
   * @param onFull Called when no message goes before `sentInAll` tells that some have left.
   */
  constructor(
    channelId: string, stream: MessageStream, onSent: (bytes: number) => void, onError: (error: unknown) => void, onFull: () => void,
  ) {
    this.#channelId = channelId;
    this.#stream = stream;
    this.#onSent = onSent;
    this.#onError = onError;
    this.#onFull = onFull;
  }

  /** The channel is open: messages may go. */
  open(initialCredit: number): void {
    if (this.#open) return;
    this.#open = true;
    this.#credit += initialCredit;
    void this.#run();
  }

  /** Nothing goes any more. */
  stop(): void {
    this.#open = false;
    this.#queue.clear();
    this.#unsent.clear();
    this.#unsentBytes = 0;
    this.#wake();
  }

  push(payload: Payload, bytes: number): void {
    this.#queue.push({ payload, bytes });
    void this.#run();
  }

  /** How many messages wait here. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Whether messages wait here only because too many are at the service. */
  get isFull(): boolean {
    return this.#open && this.#queue.length > 0 && this.#unsent.length >= MAX_UNSENT;
  }

  /** Whether messages are at the service of which it has not told that they left. */
  get hasUnsent(): boolean {
    return this.#unsent.length > 0;
  }

  /** Resolves when all that was queued is on its way to the service. */
  whenWritten(): Promise<void> {
    if (this.#queue.length === 0 && !this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  /** The service gives credit back for what has left. */
  addCredit(cost: number): void {
    this.#credit += cost;
    const known = Math.min(cost, this.#advance);
    this.#advance -= known;
    this.#acknowledge(cost - known);
    void this.#run();
  }

  /** As told by the service's counters: how many bytes of all that were written have left. */
  sentInAll(bytes: number): void {
    let before = this.#written - this.#unsentBytes;
    let cost = 0;
    for (const message of this.#unsent) {
      if (before + message.bytes > bytes) break;
      before += message.bytes;
      cost += message.cost;
    }
    this.#advance += cost;
    this.#acknowledge(cost);
    void this.#run();
  }

  /** The service did not take a message; true if it was one of ours. */
  refused(number: number): boolean {
    const message = this.#unsent.take((one) => one.number === number);
    if (!message) return false;
    this.#credit += message.cost;
    this.#written -= message.bytes;
    this.#unsentBytes -= message.bytes;
    this.#onSent(message.bytes);
    return true;
  }

  #acknowledge(cost: number): void {
    let left = cost;
    let bytes = 0;
    for (let first = this.#unsent.first; left > 0 && first; first = this.#unsent.first) {
      const part = Math.min(left, first.cost);
      left -= part;
      first.cost -= part;
      const leftBytes = Math.min(first.bytes, first.cost);
      bytes += first.bytes - leftBytes;
      first.bytes = leftBytes;
      if (first.cost === 0) this.#unsent.shift();
    }
    this.#unsentBytes -= bytes;
    if (bytes > 0) this.#onSent(bytes);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#open && this.#credit > 0 && this.#queue.first && !this.isFull) await this.#writeNext(this.#queue.first);
    } catch (error) {
      this.#open = false;
      this.#onError(error);
    } finally {
      this.#running = false;
    }
    this.#wake();
    if (this.isFull) this.#onFull();
  }

  async #writeNext({ payload, bytes }: Queued): Promise<void> {
    const data = payload instanceof Blob ? new Uint8Array(await payload.arrayBuffer()) : payload;
    if (this.#queue.shift() === undefined) return; // Stopped meanwhile.
    const message = typeof data === 'string' ? { text: data } : { binary: data };
    const cost = Math.max(1, bytes);
    const { number, ready } = this.#stream.write({ message: { dataChannelId: this.#channelId, message } });
    this.#credit -= cost;
    this.#written += bytes;
    this.#unsent.push({ number, bytes, cost });
    this.#unsentBytes += bytes;
    await ready;
  }

  #wake(): void {
    if (this.#queue.length > 0 && this.#open) return;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
