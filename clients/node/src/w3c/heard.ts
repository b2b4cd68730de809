// Who was heard of the receivers' tracks. W3C makes it synchronous, and no event tells of it: it is asked for again and
// again while somebody looks, and not otherwise.
import type { ReceiverSource, ReceiverSources } from '../gen/contract';
import { milliseconds } from '../time';
import type { Session } from './session';
import { queueTask } from './tasks';

/** W3C RTCRtpContributingSource; also the form of RTCRtpSynchronizationSource. */
export interface RtpContributingSource {
  timestamp: number;
  source: number;
  audioLevel?: number;
  rtpTimestamp: number;
}

// A look shows what was true at most so long ago, and the time of a call (README).
const REFRESH_MS = 200;
// For so long after a look it is asked for again.
const KEEP_MS = 5_000;
// W3C WebRTC 1.0, 5.3.
const MAX_AGE_MS = 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** The sources of one connection's receivers. */
export class HeardSources {
  readonly #session: Session;
  #byReceiver = new Map<string, ReceiverSources>();
  #takenAt = 0;
  #lookedAt = 0;
  #asking = false;
  #closed = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * The sources of a receiver, the newest first, as last told. The first look finds none: it has them fetched.
   * @param receiverId The service's id; null: it has none yet.
   */
  list(receiverId: string | null, kind: 'synchronizationSources' | 'contributingSources'): RtpContributingSource[] {
    this.#lookedAt = performance.now();
    if (!this.#asking && !this.#closed) void this.#ask();
    const found = receiverId === null ? undefined : this.#byReceiver.get(receiverId);
    if (!found?.timestamp) return [];
    const now = milliseconds(found.timestamp) + this.#lookedAt - this.#takenAt;
    return found[kind].map(toSource).filter(({ timestamp }) => now - timestamp <= MAX_AGE_MS);
  }

  close(): void {
    this.#closed = true;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    try {
      const peerConnectionId = await this.#session.id;
      while (!this.#closed && performance.now() - this.#lookedAt < KEEP_MS) {
        const { receivers } = await this.#session.client.peerConnections.listReceiverSources({ peerConnectionId });
        queueTask(() => this.#take(receivers)); // Within a task the lists do not change.
        await pause(REFRESH_MS);
      }
    } catch {
      await pause(REFRESH_MS); // The service is out of reach or has no such connection any more, which others tell.
    } finally {
      this.#asking = false;
    }
  }

  #take(receivers: ReceiverSources[]): void {
    this.#byReceiver = new Map(receivers.map((sources) => [sources.receiverId, sources]));
    this.#takenAt = performance.now();
  }
}

function toSource({ source, timestamp, rtpTimestamp, audioLevel }: ReceiverSource): RtpContributingSource {
  return {
    timestamp: timestamp ? milliseconds(timestamp) : 0,
    source,
    ...(audioLevel === undefined ? {} : { audioLevel }),
    rtpTimestamp,
  };
}
