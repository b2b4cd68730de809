// Who was heard of the receivers' tracks. W3C makes it synchronous, and no event tells of it: it is asked for before anybody
// looks, now and then while media arrives, and often while somebody looks.
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

/** How often they are asked for. */
export interface HeardTimes {
  /** While somebody looks: a look shows what was true so long ago, and the time of a call (README). */
  refreshMs: number;
  /** Otherwise: within this time what was told before stays worth a look. */
  idleMs: number;
}

const TIMES: HeardTimes = { refreshMs: 200, idleMs: 5_000 };
// For so long after a look it is asked for often.
const KEEP_MS = 5_000;
// Longest wait of a first frame for its sources.
const FIRST_MS = 1_000;
// W3C WebRTC 1.0, 5.3.
const MAX_AGE_MS = 10_000;

/** The sources of one connection's receivers. */
export class HeardSources {
  readonly #session: Session;
  readonly #receives: () => boolean;
  readonly #times: HeardTimes;
  #byReceiver = new Map<string, ReceiverSources>();
  #takenAt = 0;
  #lookedAt = -Infinity;
  #running = false;
  #fetching: Promise<void> | null = null;
  #wake: () => void = () => {};
  #closed = false;

  /** @param receives Whether media arrives at any receiver. */
  constructor(session: Session, receives: () => boolean, times: HeardTimes = TIMES) {
    this.#session = session;
    this.#receives = receives;
    this.#times = times;
  }

  /**
   * The sources of a receiver, the newest first, as last told.
   * @param receiverId The service's id; null: it has none yet.
   */
  list(receiverId: string | null, kind: 'synchronizationSources' | 'contributingSources'): RtpContributingSource[] {
    const idle = !this.#looked;
    this.#lookedAt = performance.now();
    if (idle) this.#wake(); // It was asked for now and then; now it is worth more.
    void this.#run();
    const found = receiverId === null ? undefined : this.#byReceiver.get(receiverId);
    if (!found?.timestamp) return [];
    const now = milliseconds(found.timestamp) + this.#lookedAt - this.#takenAt;
    return found[kind].map(toSource).filter(({ timestamp }) => now - timestamp <= MAX_AGE_MS);
  }

  /** Media of a receiver has begun: resolves when a look shows its source, or that cannot be known in time. */
  async begin(): Promise<void> {
    const fetched = (async () => {
      await this.#fetching; // It may have been answered before.
      await this.#fetch();
    })();
    await Promise.race([fetched.catch(() => {}), this.#pause(FIRST_MS)]);
    void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  get #looked(): boolean {
    return performance.now() - this.#lookedAt < KEEP_MS;
  }

  async #run(): Promise<void> {
    if (this.#running || this.#closed) return;
    this.#running = true;
    try {
      while (!this.#closed && (this.#looked || this.#receives())) {
        await this.#fetch();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          void this.#pause(this.#looked ? this.#times.refreshMs : this.#times.idleMs).then(resolve);
        });
      }
    } catch {
      await this.#pause(this.#times.refreshMs); // The service is out of reach or has no such connection any more, which others tell.
    } finally {
      this.#running = false;
    }
  }

  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchNow().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetchNow(): Promise<void> {
    const peerConnectionId = await this.#session.id;
    const { receivers } = await this.#session.client.peerConnections.listReceiverSources({ peerConnectionId });
    // In a task of its own: within another the lists do not change.
    await new Promise<void>((resolve) => {
      queueTask(() => {
        this.#byReceiver = new Map(receivers.map((sources) => [sources.receiverId, sources]));
        this.#takenAt = performance.now();
        resolve();
      });
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms).unref());
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
