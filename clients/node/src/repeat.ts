// Calls that meet a disconnect: which of them may be repeated, and for how long.
import { randomUUID } from 'node:crypto';
import type { MethodDefinition } from './definition';
import { PeerConnectionError } from './errors';

// What gRPC says when the way to the service breaks, before or after the service has seen the call.
const DISCONNECTS = new Set(['UNAVAILABLE', 'UNKNOWN', 'INTERNAL', 'CANCELLED']);
// What a service says that is stopping, or that cannot reach the node that has the connection.
const AWAY = new Set(['NOT_READY', 'OWNER_UNREACHABLE']);
// They change nothing, so that it does not matter how often they are carried out.
const HARMLESS = /^(Get|List)|^(CreateOffer|CreateAnswer|ExplainNegotiation)$/;
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 500;

/** Whether the service has given no answer, and may give one to the next attempt. */
export function isDisconnect(error: unknown): error is PeerConnectionError {
  if (!(error instanceof PeerConnectionError)) return false;
  return error.reason === '' ? DISCONNECTS.has(error.code) : error.code === 'UNAVAILABLE' && AWAY.has(error.reason);
}

/** What has to be in a request so that the service carries it out once, however often it comes; null: there is no way. */
export function repeatably(name: string, rpc: MethodDefinition): ((request: object) => object) | null {
  if (rpc.requestType.type.field.some((field) => field.name === 'requestId')) {
    return (request) => ((request as { requestId?: string }).requestId ? request : { ...request, requestId: randomUUID() });
  }
  return HARMLESS.test(name) ? (request) => request : null;
}

/** Resolves after a time; rejects with the signal's reason as soon as it is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/** A time without the service, from the first failure on. */
export class Outage {
  readonly #end: number;

  constructor(maxMs: number) {
    this.#end = performance.now() + maxMs;
  }

  /** What is left of the time that it may take; not positive: it is over. */
  get restMs(): number {
    return this.#end - performance.now();
  }
}

/** How a call is repeated. */
export interface RepeatOptions {
  /** Longest time without an answer, from the first failure on. */
  maxOutageMs: number;
  signal?: AbortSignal;
  /** Whether nothing is repeated any more. */
  isOver(): boolean;
}

/** Makes attempts until one has an answer, good or bad. */
export async function repeat<T>(attempt: () => Promise<T>, { maxOutageMs, signal, isOver }: RepeatOptions): Promise<T> {
  let outage: Outage | undefined;
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(MAX_DELAY_MS, delay * 2)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isDisconnect(error)) throw error;
      outage ??= new Outage(maxOutageMs);
      if (isOver() || outage.restMs <= 0) throw error;
      await pause(Math.min(delay, outage.restMs), signal);
      if (isOver()) throw error;
    }
  }
}
