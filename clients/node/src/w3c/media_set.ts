// The transceivers and remote streams of one connection.
import { randomUUID } from 'node:crypto';
import type { Event as ApiEvent, MediaKind, RtpTransceiver, RtpTransceiverDirection, TrackEvent, TrackRemovedEvent } from '../gen/contract';
import type { Connection } from './connection';
import { fromApi, kindFromApi, toApi } from './enums';
import { exception } from './errors';
import { RTCTrackEvent } from './events';
import { addRemoteTrack, remoteStream, removeRemoteTrack, type MediaStream } from './media_stream';
import type { Kind, TrackCore } from './media_stream_track';
import type { Section } from './sdp_view';
import type { SenderCore } from './sender';
import { queueTask } from './tasks';
import { TransceiverCore, type Change, type Direction, type TransceiverInit } from './transceiver';

const NEGOTIATION_EVENTS = new Set(['signalingStateChange', 'descriptionChange', 'track', 'trackRemoved', 'transceiverChange']);

function checkSource(track: TrackCore): void {
  if (!track.source) throw exception('NotSupportedError', 'a remote track cannot be sent on yet');
}

const withSending = (direction: Direction): Direction =>
  direction === 'recvonly' ? 'sendrecv' : direction === 'inactive' ? 'sendonly' : direction;
const withoutSending = (direction: Direction): Direction =>
  direction === 'sendrecv' ? 'recvonly' : direction === 'sendonly' ? 'inactive' : direction;

// Of one that is made here.
const idsOf = ({ id, sender, receiver }: TransceiverCore) =>
  ({ transceiverId: id, senderId: sender.id(), receiverId: receiver.id ?? '' });

export class MediaSet {
  readonly #connection: Connection;
  #transceivers: TransceiverCore[] = [];
  // Ids of those that are no more. Events that happened before their end, and come after its answer, still list them.
  readonly #ended = new Set<string>();
  readonly #streams = new Map<string, MediaStream>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** In order of creation. */
  list(): readonly TransceiverCore[] {
    this.#dropStopped(); // Its own answer may have ended one.
    return this.#transceivers;
  }

  /** Whether the transceiver of a section is no more. */
  hasStopped({ kind, mid, rejected }: Section): boolean {
    if (kind !== 'audio' && kind !== 'video') return false;
    return rejected || (mid !== null && !this.list().some((core) => core.mid === mid));
  }

  ofTrack(trackId: string): TrackCore | undefined {
    return this.#transceivers.find(({ receiver }) => receiver.trackId === trackId)?.receiver.track;
  }

  ofSender(senderId: string): SenderCore | undefined {
    return this.#transceivers.find(({ sender }) => sender.serviceId === senderId)?.sender;
  }

  // ---- Methods of RTCPeerConnection.

  addTransceiver(kind: Kind, track: TrackCore | null, init: TransceiverInit): TransceiverCore {
    if (track) checkSource(track);
    const core = new TransceiverCore(this.#connection, randomUUID(), kind, track, init);
    this.#transceivers.push(core);
    const { localTracks, session } = this.#connection;
    void this.#make(core, (peerConnectionId, inOrder) => localTracks.ensure(peerConnectionId, track, async () => {
      const { transceiver } = await session.client.peerConnections.addTransceiver({
        peerConnectionId, ...idsOf(core),
        ...(track ? { trackId: track.id } : { kind: toApi<MediaKind>(kind, 'MEDIA_KIND') }),
        direction: toApi<RtpTransceiverDirection>(init.direction, 'RTP_TRANSCEIVER_DIRECTION'),
        streamIds: init.streams,
        sendEncodings: init.encodings,
      }, inOrder);
      return transceiver;
    }, inOrder), track);
    if (track && !track.enabled) core.sender.sendWhatIsEnabled();
    return core;
  }

  // A transceiver that the service does not make is none.
  #make(core: TransceiverCore, operation: Change, track: TrackCore | null): Promise<void> {
    return core.change(operation, {
      alone: this.#connection.localTracks.needsRoomFor(track),
      refused: () => {
        core.stop();
        this.#transceivers = this.#transceivers.filter((other) => other !== core);
      },
    });
  }

  addTrack(track: TrackCore, streams: string[]): SenderCore {
    if (this.#transceivers.some(({ sender, stopped }) => !stopped && sender.track === track)) {
      throw exception('InvalidAccessError', 'the track is sent already');
    }
    checkSource(track);
    const reusable = this.#transceivers.find(({ kind, sender, stopping, stopped }) =>
      kind === track.kind && sender.track === null && !stopping && !stopped && !sender.hasSent);
    const core = reusable ?? new TransceiverCore(
      this.#connection, randomUUID(), track.kind, track, { direction: 'sendrecv', streams, encodings: [] });
    const { localTracks, session } = this.#connection;
    const add: Change = async (peerConnectionId, inOrder) => {
      // A description that was on its way has ended it; the service would make another one of this id.
      if (reusable && (core.stopping || core.stopped)) return null;
      return localTracks.ensure(peerConnectionId, track, async () => {
        // The service may be further: a description that it has and this side has not made other senders there.
        const ids = reusable ? { transceiverId: core.id } : idsOf(core);
        const request = { peerConnectionId, trackId: track.id, streamIds: streams, ...ids, transceiverChosen: true };
        return (await session.client.peerConnections.addTrack(request, inOrder)).transceiver;
      }, inOrder);
    };
    if (reusable) {
      core.sender.track = track;
      core.sender.streams = streams;
      core.direction = withSending(core.direction);
      void core.change(add, { alone: localTracks.needsRoomFor(track) });
    } else {
      this.#transceivers.push(core);
      void this.#make(core, add, track);
    }
    if (!track.enabled) core.sender.sendWhatIsEnabled();
    return core.sender;
  }

  removeTrack(sender: SenderCore): void {
    const { transceiver } = sender;
    if (transceiver.connection !== this.#connection) throw exception('InvalidAccessError', 'the sender is not of this connection');
    if (!this.#transceivers.includes(transceiver)) return; // Stopped, or taken back with a remote offer.
    if (transceiver.stopping || transceiver.stopped || sender.track === null) return;
    sender.track = null;
    transceiver.direction = withoutSending(transceiver.direction);
    void transceiver.change(async (peerConnectionId, inOrder) => {
      const request = { peerConnectionId, senderId: sender.id() };
      return (await this.#connection.session.client.peerConnections.removeTrack(request, inOrder)).transceiver;
    });
  }

  /** Whether media arrives at any receiver. */
  receives(): boolean {
    return this.list().some(({ receiver: { track } }) => !track.muted && !track.ended);
  }

  /** The tracks that senders have. */
  sentTracks(): Set<TrackCore> {
    return new Set(this.list().flatMap(({ sender: { track } }) => track ?? []));
  }

  /** A local track was enabled or disabled, or has ended: its senders send it, or what stands in for it. */
  onTrackEnabled(track: TrackCore): void {
    for (const { sender } of this.#transceivers) if (sender.track === track) sender.sendWhatIsEnabled();
  }

  // ---- What the service says.

  /** All transceivers as they are at the service; `settled`: in an answer or a snapshot, not in an event. */
  apply(transceivers: RtpTransceiver[], settled = false): void {
    const known = new Set(transceivers.map((transceiver) => transceiver.transceiverId));
    for (const transceiver of transceivers) {
      const core = this.#findOrMake(transceiver);
      if (!core) continue;
      core.listed = true;
      core.update(transceiver, settled);
    }
    // Those that the service no longer has were stopped, or taken back with a remote offer. Those it does not have yet, or
    // did not have when the event happened, stay.
    for (const core of this.#transceivers) {
      const coming = core.pending > 0 || !(core.listed || core.stopping);
      if (!known.has(core.id) && !coming) core.stop();
    }
    this.#dropStopped();
  }

  #dropStopped(): void {
    if (this.#connection.closed) return; // close() stops all, and keeps them.
    this.#transceivers = this.#transceivers.filter(({ id, stopped }) => {
      if (stopped) this.#ended.add(id);
      return !stopped;
    });
  }

  #findOrMake(transceiver: RtpTransceiver | null): TransceiverCore | null {
    if (!transceiver || this.#ended.has(transceiver.transceiverId)) return null;
    const found = this.#transceivers.find(({ id }) => id === transceiver.transceiverId);
    if (found) return found;
    const init: TransceiverInit = {
      direction: fromApi(transceiver.direction, 'RTP_TRANSCEIVER_DIRECTION'), streams: [], encodings: [],
    };
    const core = new TransceiverCore(
      this.#connection, transceiver.transceiverId, kindFromApi(transceiver.kind), null, init, transceiver.receiver?.trackId);
    this.#transceivers.push(core);
    return core;
  }

  /**
   * Fires what a description that was just applied brought, in W3C's order (4.4.1.5): the signaling state, tracks taken
   * away, tracks put into streams, `track`.
   * @returns The events that were told of.
   */
  applyNegotiation(events: ApiEvent[], transceivers: RtpTransceiver[]): Set<ApiEvent> {
    const own = events.filter(({ event }) => NEGOTIATION_EVENTS.has(event ?? ''));
    for (const { signalingStateChange } of own) {
      if (signalingStateChange) {
        this.#connection.setSignalingState(fromApi(signalingStateChange.signalingState, 'SIGNALING_STATE'));
      }
    }
    for (const { trackRemoved } of own) if (trackRemoved) this.removeFromStreams(trackRemoved);
    this.leaveStreams(transceivers);
    const added = own.flatMap(({ track }) => (track ? [track] : []));
    for (const event of added) this.#addToStreams(event);
    for (const event of added) this.#fireTrack(event);
    return new Set(own);
  }

  /** Takes tracks out of the streams that the remote has taken them out of; the service tells of those they are in. */
  leaveStreams(transceivers: RtpTransceiver[]): void {
    for (const transceiver of transceivers) {
      const receiver = this.#findOrMake(transceiver)?.receiver;
      const ids = transceiver.receiver?.streamIds ?? [];
      if (!receiver?.told) continue;
      const left = receiver.streams.filter(({ id }) => !ids.includes(id));
      receiver.streams = receiver.streams.filter(({ id }) => ids.includes(id));
      for (const stream of left) removeRemoteTrack(stream, receiver.track.object);
    }
  }

  /** Events are missing: a track that is received, and that no event has told of, is told of now. */
  tellOfUntold(transceivers: RtpTransceiver[]): void {
    for (const transceiver of transceivers) {
      const core = this.#findOrMake(transceiver);
      const receives = core?.currentDirection === 'sendrecv' || core?.currentDirection === 'recvonly';
      if (!core || !receives || core.receiver.told) continue;
      this.onTrack({ transceiver, streamIds: transceiver.receiver?.streamIds ?? [] });
    }
  }

  /** W3C track, by itself. */
  onTrack(event: Pick<TrackEvent, 'transceiver' | 'streamIds'>): void {
    this.#addToStreams(event);
    this.#fireTrack(event);
  }

  #addToStreams({ transceiver, streamIds }: Pick<TrackEvent, 'transceiver' | 'streamIds'>): void {
    const receiver = this.#findOrMake(transceiver)?.receiver;
    if (!receiver) return;
    receiver.streams = streamIds.map((id) => {
      let stream = this.#streams.get(id);
      if (!stream) this.#streams.set(id, (stream = remoteStream(id)));
      return stream;
    });
    for (const stream of receiver.streams) addRemoteTrack(stream, receiver.track.object);
  }

  #fireTrack({ transceiver, track }: Pick<TrackEvent, 'transceiver'> & Partial<Pick<TrackEvent, 'track'>>): void {
    const core = this.#findOrMake(transceiver);
    if (!core) return;
    const { receiver, object } = core;
    receiver.told = true;
    this.#connection.fire(new RTCTrackEvent('track', {
      receiver: receiver.object, track: receiver.track.object, streams: receiver.streams, transceiver: object,
    }));
    // Its media never ceased: a rollback gave it back, or it joined another stream.
    if (track && !track.muted) receiver.track.setMuted(false);
  }

  removeFromStreams({ trackId, streamIds, goesOn }: TrackRemovedEvent): void {
    const receiver = this.#transceivers.find((core) => core.receiver.trackId === trackId)?.receiver;
    if (!receiver) return;
    const { track } = receiver;
    if (goesOn) {
      receiver.streams = receiver.streams.filter(({ id }) => !streamIds.includes(id));
    } else {
      receiver.told = false;
      receiver.streams = [];
      track.setMuted(true);
    }
    for (const id of streamIds) {
      const stream = this.#streams.get(id);
      if (stream) removeRemoteTrack(stream, track.object);
    }
  }

  /** W3C close(): all is stopped, of which only the tracks tell. */
  close(): void {
    for (const core of this.#transceivers) {
      core.stopping = core.stopped = true;
      core.direction = core.currentDirection = 'stopped';
      queueTask(() => core.receiver.track.end());
    }
  }
}
