// MediaStream: a set of tracks.
import { randomUUID } from 'node:crypto';
import { MediaStreamTrackEvent } from './events';
import { trackCore, type MediaStreamTrack, type Kind } from './media_stream_track';
import {
  defineEventHandlers, defineInterface, requireArguments, toDOMString, toSequence, type Handler,
} from './webidl';

interface StreamCore {
  id: string;
  readonly tracks: Map<string, MediaStreamTrack>;
}

let streamCore: (value: unknown) => StreamCore;

/** W3C MediaStream. */
export class MediaStream extends EventTarget {
  readonly #core: StreamCore = { id: randomUUID(), tracks: new Map() };

  static {
    streamCore = (value) => {
      if (typeof value !== 'object' || value === null || !(#core in value)) throw new TypeError('the value is not a MediaStream');
      return value.#core;
    };
  }

  constructor(streamOrTracks?: MediaStream | MediaStreamTrack[]) {
    super();
    if (streamOrTracks === undefined) return;
    const tracks = streamOrTracks instanceof MediaStream
      ? streamOrTracks.getTracks()
      : toSequence(streamOrTracks, 'MediaStream', (item) => trackCore(item).object);
    for (const track of tracks) this.#core.tracks.set(track.id, track);
  }

  get id(): string { return this.#core.id; }
  get active(): boolean { return this.getTracks().some((track) => track.readyState === 'live'); }

  getAudioTracks(): MediaStreamTrack[] { return this.#ofKind('audio'); }
  getVideoTracks(): MediaStreamTrack[] { return this.#ofKind('video'); }
  getTracks(): MediaStreamTrack[] { return [...this.#core.tracks.values()]; }
  getTrackById(trackId: string): MediaStreamTrack | null {
    requireArguments('getTrackById', arguments.length, 1);
    return this.#core.tracks.get(toDOMString(trackId)) ?? null;
  }
  addTrack(track: MediaStreamTrack): void {
    requireArguments('addTrack', arguments.length, 1);
    this.#core.tracks.set(trackCore(track).id, track);
  }
  removeTrack(track: MediaStreamTrack): void {
    requireArguments('removeTrack', arguments.length, 1);
    this.#core.tracks.delete(trackCore(track).id);
  }
  clone(): MediaStream { return new MediaStream(this.getTracks().map((track) => track.clone())); }

  #ofKind(kind: Kind): MediaStreamTrack[] {
    return this.getTracks().filter((track) => track.kind === kind);
  }
}
export interface MediaStream {
  onaddtrack: Handler;
  onremovetrack: Handler;
}
defineEventHandlers(MediaStream, (object) => streamCore(object), ['addtrack', 'removetrack']);
defineInterface(MediaStream, 'MediaStream');

/** The id of a stream; throws a TypeError for anything else. */
export const streamId = (stream: unknown): string => streamCore(stream).id;

/** A stream of the remote, by its id. */
export function remoteStream(id: string): MediaStream {
  const stream = new MediaStream();
  streamCore(stream).id = id;
  return stream;
}

/** The remote put a track into a stream. */
export function addRemoteTrack(stream: MediaStream, track: MediaStreamTrack): void {
  if (stream.getTrackById(track.id)) return;
  stream.addTrack(track);
  stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track }));
}

/** The remote took a track out of a stream. */
export function removeRemoteTrack(stream: MediaStream, track: MediaStreamTrack): void {
  if (!stream.getTrackById(track.id)) return;
  stream.removeTrack(track);
  stream.dispatchEvent(new MediaStreamTrackEvent('removetrack', { track }));
}
