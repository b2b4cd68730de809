// Calls that are sent ahead, without waiting for the answers before them.
import { randomUUID } from 'node:crypto';
import { PeerConnectionError } from './errors';

const METADATA_KEY = 'peerconnection-order';
// The service lets 128 calls of one caller wait for those before them, so that none of these is ever refused.
const MAX_UNANSWERED = 64;
// Of calls that the service may not have seen, or that took no place among the others there.
const MISSING = new Set(['', 'NOT_IMPLEMENTED', 'LIMIT_EXCEEDED', 'NOT_READY']);

const mayBeMissing = (error: unknown): boolean => !(error instanceof PeerConnectionError) || MISSING.has(error.reason);

/** A call, as its order makes it. */
export interface OrderedCall<Response> {
  /** The connection that its request names. */
  peerConnectionId: string;
  signal?: AbortSignal;
  /** Sends it, with metadata beside its own. */
  send(metadata: Record<string, string>): Promise<Response>;
  /** Sends anything harmless in its place. */
  sendInstead(metadata: Record<string, string>): Promise<unknown>;
}

/**
 * The order of calls on one connection, which the service keeps: give it as option `order` to each of them, and they may be
 * made without waiting for each other. One that fails does not disturb those after it. At most 64 are on their way; the
 * others are sent as answers come.
 */
export class CallOrder {
  readonly #caller = randomUUID();
  #peerConnectionId: string | undefined;
  #number = 0;
  #unanswered = 0;
  readonly #waiting: Array<() => void> = [];

  /** Makes a call: at once, or when there is room for it. Of the client itself. */
  run<Response>(call: OrderedCall<Response>): Promise<Response> {
    this.#peerConnectionId ??= call.peerConnectionId;
    if (call.peerConnectionId === '' || call.peerConnectionId !== this.#peerConnectionId) {
      return Promise.reject(new TypeError('order: its calls are on one connection'));
    }
    return new Promise((resolve, reject) => {
      const start = (): void => {
        call.signal?.removeEventListener('abort', abort);
        this.#make(call).then(resolve, reject);
      };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(call.signal?.reason);
      };
      if (this.#unanswered < MAX_UNANSWERED) {
        ++this.#unanswered;
        start();
      } else {
        this.#waiting.push(start);
        call.signal?.addEventListener('abort', abort, { once: true });
      }
    });
  }

  async #make<Response>(call: OrderedCall<Response>): Promise<Response> {
    const metadata = { [METADATA_KEY]: `${this.#caller}/${this.#number++}` };
    try {
      return await call.send(metadata);
    } catch (error) {
      // Those after it would wait for it in vain. If the service had it, it refuses what comes in its place.
      if (mayBeMissing(error)) call.sendInstead(metadata).catch(() => {});
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else --this.#unanswered;
    }
  }
}
