// The local tracks of one connection at the service: made when they are sent first, deleted when they are stopped, or when
// others need their room.
import { randomBytes } from 'node:crypto';
import type { CreateLocalTrackRequestInput, MediaKind, SourceState } from '../gen/contract';
import type { CallOptions } from '../methods';
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
  background<T>(operation: (id: string, inOrder?: CallOptions) => Promise<T>): Promise<void>;
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

  /** Whether others may have to go for a track: then its calls are made alone. */
  needsRoomFor(track: TrackCore | null): boolean {
    return track !== null && !this.#held.has(track.id) && this.#unsentTracks().length > 0;
  }

  /**
   * Makes a track at the service if need be, then a call that needs it. Within a call.
   * @param track Null: none is needed.
   * @param inOrder Both are sent at once, and no other goes for it.
   */
  async ensure<T>(peerConnectionId: string, track: TrackCore | null, then: () => Promise<T>, inOrder?: CallOptions): Promise<T> {
    const made = track ? this.#make(peerConnectionId, track, inOrder) : Promise.resolve();
    if (!inOrder) {
      await made;
      return then();
    }
    const result = then();
    result.catch(() => {}); // If the track fails, this is but what follows.
    await made;
    return result;
  }

  async #make(peerConnectionId: string, track: TrackCore, inOrder: CallOptions | undefined): Promise<void> {
    if (this.#held.has(track.id)) return;
    if (!track.source) throw exception('NotSupportedError', 'a remote track cannot be sent on yet');
    if (this.#owner.closed) return; // It would be gone with the connection.
    const held = this.#hold(track);
    // Events tell of it from now on, maybe before the answer does.
    try {
      const kind = toApi<MediaKind>(track.kind, 'MEDIA_KIND');
      await this.#create({ peerConnectionId, trackId: track.id, kind, source: track.source }, inOrder);
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
    void this.#owner.background((id, inOrder) => this.#delete(id, track.id, inOrder));
  }

  #delete(peerConnectionId: string, trackId: string, inOrder?: CallOptions): Promise<unknown> {
    return this.#owner.session.client.media.deleteLocalTrack({ peerConnectionId, trackId }, inOrder).catch(ignoring('TRACK_NOT_FOUND'));
  }

  #release(trackId: string): void {
    this.#held.get(trackId)?.release();
    this.#held.delete(trackId);
  }

  async #create(request: CreateLocalTrackRequestInput, inOrder?: CallOptions): Promise<void> {
    for (;;) {
      try {
        await this.#owner.session.client.media.createLocalTrack(request, inOrder);
        return;
      } catch (error) {
        const unsent = !inOrder && isOf(error, 'LIMIT_EXCEEDED') ? this.#unsentTrack() : undefined;
        if (!unsent) throw error;
        this.#release(unsent.id);
        this.#untold.set(unsent.id, (this.#untold.get(unsent.id) ?? 0) + 1);
        await this.#delete(request.peerConnectionId ?? '', unsent.id);
      }
    }
  }

  #unsentTracks(): Held[] {
    const sent = this.#owner.media.sentTracks();
    return [...this.#held.values()].filter(({ track }) => !sent.has(track));
  }

  // The oldest that no sender has: it is made again when one has it. Test sources first: a UDP source loses its port.
  #unsentTrack(): TrackCore | undefined {
    const unsent = this.#unsentTracks().filter(({ made }) => made).map(({ track }) => track);
    return unsent.find(({ source }) => source && 'test' in source) ?? unsent[0];
  }
}
