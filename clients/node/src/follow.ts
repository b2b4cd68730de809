// Watching events across disconnects.
import { PeerConnectionError } from './errors';
import type { EventService, WatchEventsRequestInput, WatchEventsResponse } from './gen/contract';

/** Options of Client.follow. */
export interface FollowOptions {
  /** Ends the watch; iteration then throws the signal's reason. */
  signal?: AbortSignal;
  /** Called when the stream broke and will be opened again. */
  onDisconnect?: (error: unknown) => void;
  /** Longest pause between attempts. Unset: 5 s. They begin at once and double from 50 ms on. */
  maxDelayMs?: number;
}

// What a new attempt can cure: the way to the service, the service's restart, or our own slowness. Everything else is
// an answer.
const TRANSIENT = new Set(['UNAVAILABLE', 'UNKNOWN', 'INTERNAL', 'CANCELLED', 'DEADLINE_EXCEEDED']);
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 5_000;

const isTransient = (error: unknown): boolean =>
  error instanceof PeerConnectionError &&
  (error.reason === 'SLOW_CONSUMER' || (error.reason !== 'INTERNAL' && TRANSIENT.has(error.code)));

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
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

/** Sequences by connection: what was delivered, so what to resume after. */
class Progress {
  readonly #last: Record<string, number>;
  readonly #named: string[];
  readonly #over = new Set<string>();

  constructor({ peerConnectionIds, resumeAfter }: WatchEventsRequestInput) {
    this.#named = peerConnectionIds ?? [];
    this.#last = { ...resumeAfter };
  }

  /** Takes note of a response; false: it was delivered before. */
  take({ snapshot, event, gap }: WatchEventsResponse): boolean {
    if (snapshot?.peerConnection) {
      this.#last[snapshot.peerConnection.peerConnectionId] = snapshot.peerConnection.lastEventSequence;
    } else if (event) {
      const id = event.peerConnectionId;
      if (event.sequence <= (this.#last[id] ?? 0)) return false;
      this.#last[id] = event.sequence;
      if (event.event === 'closed') this.#end(id);
    } else if (gap?.gone) {
      this.#end(gap.peerConnectionId);
    }
    return true;
  }

  #end(id: string): void {
    this.#over.add(id);
    delete this.#last[id];
  }

  /** The request that goes on from here; undefined: all named connections are over. */
  request(original: WatchEventsRequestInput): WatchEventsRequestInput | undefined {
    const rest = this.#named.filter((id) => !this.#over.has(id));
    if (this.#named.length > 0 && rest.length === 0) return undefined;
    return { ...original, peerConnectionIds: rest, resumeAfter: { ...this.#last } };
  }
}

/** See Client.follow. */
export async function* follow(
  events: Readonly<EventService>, original: WatchEventsRequestInput, options: FollowOptions = {},
): AsyncGenerator<WatchEventsResponse, void, undefined> {
  const { signal, onDisconnect, maxDelayMs = MAX_DELAY_MS } = options;
  const progress = new Progress(original);
  let delay = 0;
  for (;;) {
    const request = progress.request(original);
    if (!request) return;
    try {
      for await (const response of events.watchEvents(request, { signal })) {
        delay = 0;
        if (progress.take(response)) yield response;
      }
      return;
    } catch (error) {
      if (signal?.aborted || !isTransient(error)) throw error;
      onDisconnect?.(error);
      await pause(delay, signal);
      delay = Math.min(maxDelayMs, Math.max(FIRST_DELAY_MS, delay * 2));
    }
  }
}
