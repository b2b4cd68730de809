// Watching events across disconnects.
import { PeerConnectionError } from './errors';
import type { EventService, WatchEventsRequestInput, WatchEventsResponse } from './gen/contract';
import { Outage, pause } from './repeat';

/** Options of Client.follow. */
export interface FollowOptions {
  /** Ends the watch; iteration then throws the signal's reason. */
  signal?: AbortSignal;
  /** Called when the stream broke and will be opened again. */
  onDisconnect?: (error: unknown) => void;
  /** Longest pause between attempts. Unset: 5 s. They begin at once and double from 50 ms on. */
  maxDelayMs?: number;
  /** Longest time without the service; then iteration throws what the last attempt met. Unset: that of the client. */
  maxOutageMs?: number;
}

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 5_000;
const MAX_TIMER_MS = 2 ** 31 - 1;

// What a new attempt can cure: the way to the service, the service's restart, or our own slowness. Everything else is
// an answer.
const TRANSIENT = new Set(['UNAVAILABLE', 'UNKNOWN', 'INTERNAL', 'CANCELLED', 'DEADLINE_EXCEEDED']);
const isTransient = (error: unknown): boolean =>
  error instanceof PeerConnectionError &&
  (error.reason === 'SLOW_CONSUMER' || (error.reason !== 'INTERNAL' && TRANSIENT.has(error.code)));

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
  const { signal, onDisconnect, maxDelayMs = MAX_DELAY_MS, maxOutageMs = Infinity } = options;
  const progress = new Progress(original);
  let delay = 0;
  let failure: { error: unknown; outage: Outage } | undefined;
  for (;;) {
    const request = progress.request(original);
    if (!request) return;
    signal?.throwIfAborted(); // grpc-js may send a call all the same that is cancelled as soon as it is made.
    const stream = events.watchEvents(request, { signal });
    // An attempt may hang, too, where nobody refuses it.
    let overdue = false;
    const rest = failure?.outage.restMs ?? Infinity;
    const timer = rest === Infinity ? undefined : setTimeout(() => {
      overdue = true;
      stream.cancel();
    }, Math.min(rest, MAX_TIMER_MS));
    try {
      for await (const response of stream) {
        clearTimeout(timer);
        failure = undefined;
        delay = 0;
        if (progress.take(response)) yield response;
      }
      if (!overdue) return;
    } catch (error) {
      if (signal?.aborted || !isTransient(error)) throw error;
      onDisconnect?.(error);
      failure = { error, outage: failure?.outage ?? new Outage(maxOutageMs) };
    } finally {
      clearTimeout(timer);
    }
    if (failure && failure.outage.restMs <= 0) throw failure.error;
    await pause(Math.min(delay, failure?.outage.restMs ?? 0), signal);
    delay = Math.min(maxDelayMs, Math.max(FIRST_DELAY_MS, delay * 2));
  }
}
