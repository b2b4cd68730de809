// The local tracks of one connection at the service: made when they are sent first, deleted when they are stopped, or when
// others need their room.
import { randomBytes } from 'node:crypto';
import type { CreateLocalTrackRequestInput, MediaKind, SourceState } from '../gen/contract';
import { toApi } from './enums';
import { exception, ignoring, isOf } from './errors';
import type { Kind, TrackCore } from './media_stream_track';
import type { Session } from './session';

/** What they ask of their connection. */
export interface TrackOwner {
  readonly session: Session;
  readonly closed: boolean;
  readonly media: {
    /** The tracks that senders have. */
    sentTracks(): Set<TrackCore>;
    onTrackEnabled(track: TrackCore): void;
  };
  background(operation: (id: string) => Promise<unknown>): Promise<void>;
}

interface Held {
  track: TrackCore;
  /** Whether the service has made it. */
  made: boolean;
  /** Ends its hold on the connection. */
  release: () => void;
}

export class LocalTracks {
  readonly #owner: TrackOwner;
  readonly #held = new Map<string, Held>();
  // What stands in for tracks that are disabled or have ended.
  readonly #blank = new Map<Kind, string>();
  // Tracks deleted for others, by id: how many events of that have not come. Their tracks may have been made again.
  readonly #untold = new Map<string, number>();

  constructor(owner: TrackOwner) {
    this.#owner = owner;
  }

  /** Makes a track at the service if need be. Within a call. */
  async ensure(peerConnectionId: string, track: TrackCore): Promise<void> {
    if (this.#held.has(track.id)) return;
    if (!track.source) throw exception('NotSupportedError', 'a remote track cannot be sent on yet');
    if (this.#owner.closed) return; // It would be gone with the connection.
    const held = this.#hold(track);
    // Events tell of it from now on, maybe before the answer does.
    try {
      await this.#create({ peerConnectionId, trackId: track.id, kind: toApi<MediaKind>(track.kind, 'MEDIA_KIND'), source: track.source });
    } catch (error) {
      this.#release(track.id);
      throw error;
    }
    held.made = true;
    if (track.ended && this.#held.has(track.id)) this.#onStop(track); // Stopped before its turn came: nothing of it is sent.
  }

  /** The id of the track that has black pictures or silence; '' if there is no room for it. Within a call. */
  async blank(peerConnectionId: string, kind: Kind): Promise<string> {
    const known = this.#blank.get(kind);
    if (known !== undefined) return known;
    const trackId = `blank-${kind}-${randomBytes(4).toString('hex')}`;
    try {
      await this.#create({ peerConnectionId, trackId, kind: toApi<MediaKind>(kind, 'MEDIA_KIND'), source: { test: { blank: true } } });
    } catch (error) {
      if (isOf(error, 'LIMIT_EXCEEDED')) return '';
      throw error;
    }
    this.#blank.set(kind, trackId);
    return trackId;
  }

  isBlank(kind: Kind, trackId: string): boolean {
    return this.#blank.get(kind) === trackId;
  }

  /** A local track is at the service, and its source has this state now. */
  onSourceState(trackId: string, state: SourceState | undefined): void {
    const { track } = this.#held.get(trackId) ?? {};
    if (state === 'SOURCE_STATE_ENDED') track?.endSource();
    else track?.setDelivering(this, state === 'SOURCE_STATE_ACTIVE');
  }

  /** A local track is no more at the service: by us, or by somebody else, who has ended it. */
  onDeleted(trackId: string): void {
    const untold = this.#untold.get(trackId) ?? 0;
    if (untold > 1) this.#untold.set(trackId, untold - 1);
    else this.#untold.delete(trackId);
    if (untold === 0) this.#held.get(trackId)?.track.endSource();
  }

  /** Events are missing: no other tells of what happened before. */
  onSnapshot(): void {
    this.#untold.clear();
  }

  /** The connection is closed. */
  releaseAll(): void {
    for (const trackId of [...this.#held.keys()]) this.#release(trackId);
  }

  #hold(track: TrackCore): Held {
    const onEnabled = (): void => this.#owner.media.onTrackEnabled(track);
    const onStop = (): void => this.#onStop(track);
    const release = (): void => {
      track.onEnabled.delete(onEnabled);
      track.onStop.delete(onStop);
      track.setDelivering(this, undefined);
    };
    track.onEnabled.add(onEnabled);
    track.onStop.add(onStop);
    const held = { track, made: false, release };
    this.#held.set(track.id, held);
    return held;
  }

  #onStop(track: TrackCore): void {
    this.#release(track.id);
    this.#owner.media.onTrackEnabled(track);
    void this.#owner.background((id) => this.#delete(id, track.id));
  }

  #delete(peerConnectionId: string, trackId: string): Promise<unknown> {
    return this.#owner.session.client.media.deleteLocalTrack({ peerConnectionId, trackId }).catch(ignoring('TRACK_NOT_FOUND'));
  }

  #release(trackId: string): void {
    this.#held.get(trackId)?.release();
    this.#held.delete(trackId);
  }

  async #create(request: CreateLocalTrackRequestInput): Promise<void> {
    for (;;) {
      try {
        await this.#owner.session.client.media.createLocalTrack(request);
        return;
      } catch (error) {
        const unsent = isOf(error, 'LIMIT_EXCEEDED') ? this.#unsentTrack() : undefined;
        if (!unsent) throw error;
        this.#release(unsent.id);
        this.#untold.set(unsent.id, (this.#untold.get(unsent.id) ?? 0) + 1);
        await this.#delete(request.peerConnectionId ?? '', unsent.id);
      }
    }
  }

  // The oldest that no sender has: it is made again when one has it. Test sources first: a UDP source loses its port.
  #unsentTrack(): TrackCore | undefined {
    const sent = this.#owner.media.sentTracks();
    const unsent = [...this.#held.values()].filter(({ track, made }) => made && !sent.has(track)).map(({ track }) => track);
    return unsent.find(({ source }) => source && 'test' in source) ?? unsent[0];
  }
}
