// MediaStreamTrack: remote ones, and local ones that a source of the service feeds.
import { randomUUID } from 'node:crypto';
import type { SourceSpecInput } from '../gen/contract';
import { capabilitiesOf, checkConstraints, settingsOf, toConstraints, type TrackConstraints, type TrackSettings } from './constraints';
import { exception } from './errors';
import {
  defineEventHandlers, defineInterface, guardConstructor, INTERNAL, toDictionary, toDOMString, toEnum, type Handler,
} from './webidl';

export type Kind = 'audio' | 'video';
export const KINDS = ['audio', 'video'] as const;

// MediaStreamTrack Content Hints, 3.
const CONTENT_HINTS: Record<Kind, readonly string[]> = {
  audio: ['', 'speech', 'speech-recognition', 'music'],
  video: ['', 'motion', 'detail', 'text'],
};

/** What our own code knows of a track and does with it. */
export class TrackCore {
  readonly id: string;
  readonly kind: Kind;
  /** Local tracks: what feeds it. Null: remote. */
  readonly source: SourceSpecInput | null;
  readonly label: string;
  /** Remote tracks: the service's id; null until it has answered. */
  serviceId: string | null = null;
  muted: boolean;
  enabled = true;
  ended = false;
  contentHint = '';
  constraints: TrackConstraints = {};
  readonly object: MediaStreamTrack;
  readonly firstFrame: Promise<void>;
  /** Tells users of the track (senders) that it was stopped. */
  readonly onStop = new Set<() => void>();
  /** Tells senders that it was enabled or disabled. */
  readonly onEnabled = new Set<() => void>();
  // Local tracks: by each connection that has it, whether its source delivers there.
  readonly #sources = new Map<object, boolean>();
  // Clones of a remote track: the same media.
  readonly #clones = new Set<TrackCore>();
  readonly #whenHeard: () => Promise<void>;
  #delivered = false;
  #sawFrame: () => void = () => {};
  #sawNone: () => void = () => {};

  /** @param whenHeard Called when media begins; the first frame is told of when it resolves. */
  constructor(
    kind: Kind, source: SourceSpecInput | null, id: string = randomUUID(), whenHeard: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.id = id;
    this.kind = kind;
    this.source = source;
    this.label = source ? `${Object.keys(source)[0]} source` : `remote ${kind}`;
    this.muted = source === null; // Remote media has to arrive first.
    this.#whenHeard = whenHeard;
    this.firstFrame = new Promise((resolve, reject) => {
      this.#sawFrame = resolve;
      this.#sawNone = () => reject(exception('InvalidStateError', 'the track ended before any media arrived'));
    });
    this.firstFrame.catch(() => {}); // Not everybody waits for it.
    this.object = new MediaStreamTrack(INTERNAL, this);
  }

  /** Media arrives or ceases; fires mute or unmute if that is news. */
  setMuted(muted: boolean): void {
    if (!muted) this.#begin();
    if (this.muted !== muted && (muted || !this.ended)) {
      this.muted = muted;
      // One that has ended tells nothing more.
      if (!this.ended) this.object.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    }
    for (const clone of this.#clones) clone.setMuted(muted);
  }

  #begin(): void {
    if (this.#delivered || this.ended) return;
    this.#delivered = true;
    void this.#whenHeard().then(this.#sawFrame);
  }

  #end(): void {
    this.ended = true;
    if (!this.#delivered) this.#sawNone();
  }

  /** No media will come any more, and not because the user said so. */
  end(): void {
    if (!this.ended) {
      this.#end();
      this.object.dispatchEvent(new Event('ended'));
      if (this.source === null) this.muted = true; // Nothing arrives any more.
    }
    for (const clone of this.#clones) clone.end();
  }

  /** A local track's source delivers to a connection, or does not; undefined: the connection has it no more. */
  setDelivering(connection: object, delivers: boolean | undefined): void {
    if (delivers === undefined) this.#sources.delete(connection);
    else this.#sources.set(connection, delivers);
    // The test source begins when it is sent: it is never without media.
    if (this.source === null || 'test' in this.source || this.#sources.size === 0) return;
    this.setMuted(![...this.#sources.values()].includes(true));
  }

  /** A local track's source will not deliver again. */
  endSource(): void {
    if (this.ended) return;
    this.end();
    for (const tell of [...this.onStop]) tell();
  }

  clone(): TrackCore {
    const { kind, source, serviceId, ended, muted, enabled, contentHint, constraints } = this;
    const copy = new TrackCore(kind, source, undefined, this.#whenHeard);
    Object.assign(copy, { serviceId, ended, muted, enabled, contentHint, constraints });
    if (source === null && this.#delivered) {
      copy.#delivered = true;
      void this.firstFrame.then(copy.#sawFrame);
    }
    if (ended) copy.#end();
    if (source !== null || ended) return copy;
    this.#clones.add(copy);
    copy.onStop.add(() => this.#clones.delete(copy));
    return copy;
  }

  setEnabled(enabled: boolean): void {
    if (this.enabled === enabled) return;
    this.enabled = enabled;
    for (const tell of [...this.onEnabled]) tell();
  }

  stop(): void {
    if (this.ended) return;
    this.#end();
    for (const tell of [...this.onStop]) tell();
  }
}

/** What our own code knows of a track; throws a TypeError for anything that is no track. */
export let trackCore: (value: unknown) => TrackCore;

/** W3C MediaStreamTrack. */
export class MediaStreamTrack extends EventTarget {
  readonly #core: TrackCore;

  static {
    trackCore = (value) => {
      if (typeof value !== 'object' || value === null || !(#core in value)) {
        throw new TypeError('the value is not a MediaStreamTrack');
      }
      return value.#core;
    };
  }

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    super();
    this.#core = args[1] as TrackCore;
  }

  get kind(): Kind { return this.#core.kind; }
  get id(): string { return this.#core.id; }
  get label(): string { return this.#core.label; }
  get muted(): boolean { return this.#core.muted; }
  get readyState(): 'live' | 'ended' { return this.#core.ended ? 'ended' : 'live'; }
  get enabled(): boolean { return this.#core.enabled; }
  set enabled(value: boolean) { this.#core.setEnabled(Boolean(value)); }
  get contentHint(): string { return this.#core.contentHint; }
  set contentHint(value: string) {
    const core = this.#core;
    const hint = toDOMString(value);
    if (CONTENT_HINTS[core.kind].includes(hint)) core.contentHint = hint; // Others are ignored.
  }

  clone(): MediaStreamTrack { return this.#core.clone().object; }
  stop(): void { this.#core.stop(); }
  getCapabilities(): object { return capabilitiesOf(this.getSettings()); }
  getConstraints(): TrackConstraints { return structuredClone(this.#core.constraints); }
  getSettings(): TrackSettings { return settingsOf(this.#core.id, this.#core.kind, this.#core.source); }
  async applyConstraints(constraints: TrackConstraints = {}): Promise<void> {
    const core = this.#core;
    const converted = toConstraints(constraints);
    if (core.ended) return; // Media Capture and Streams, 4.3.8: nothing is done to one that has ended.
    checkConstraints(settingsOf(core.id, core.kind, core.source), converted);
    core.constraints = converted;
  }
}
export interface MediaStreamTrack {
  onmute: Handler;
  onunmute: Handler;
  onended: Handler;
}
defineEventHandlers(MediaStreamTrack, (object) => trackCore(object), ['mute', 'unmute', 'ended']);
defineInterface(MediaStreamTrack, 'MediaStreamTrack');

/** What a local track can be made from. */
export interface LocalTrackConstraints extends TrackConstraints {
  /** A source of the service, such as `{ udp: { codec: { mimeType: 'video/VP8', clockRate: 90000 } } }`. Unset: the test
   * source. */
  source?: SourceSpecInput;
}

/** Makes a local track: the service's test source, or the source given. It exists at once; media begins to flow when a
 * connection sends it. Throws an OverconstrainedError if that source is not as the constraints require (`exact`, `min`, `max`). */
export function createMediaStreamTrack(kind: Kind, constraints: LocalTrackConstraints = {}): MediaStreamTrack {
  const checked = toEnum(kind, KINDS, 'createMediaStreamTrack');
  const { source } = toDictionary(constraints, 'LocalTrackConstraints', ['source']);
  const core = new TrackCore(checked, (source as SourceSpecInput | undefined) ?? { test: {} });
  core.constraints = toConstraints(constraints);
  checkConstraints(settingsOf(core.id, checked, core.source), core.constraints);
  return core.object;
}

/**
 * Resolves when a remote track has delivered its first packet: getSynchronizationSources() of its receiver has it then.
 * Rejects with InvalidStateError if the track ends before.
 */
export const firstFrame = (track: MediaStreamTrack): Promise<void> => trackCore(track).firstFrame;
