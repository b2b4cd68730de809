// RTCRtpSender.
import { randomUUID } from 'node:crypto';
import type { CallOptions } from '../methods';
import { capabilitiesOf, type Capabilities } from './capabilities';
import type { Codec } from './codecs';
import { DtmfCore, type RTCDTMFSender } from './dtmf';
import { exception, ignoring, isOf, toException } from './errors';
import { streamId, type MediaStream } from './media_stream';
import { trackCore, type MediaStreamTrack, type TrackCore } from './media_stream_track';
import {
  checkEncodings, checkUnchanged, defaultEncodings, negotiated, sameLayers, toSendParameters, type EncodingParameters, type RtpParameters,
} from './parameters';
import type { RTCStatsReport } from './stats';
import { queueTask } from './tasks';
import type { TransceiverCore } from './transceiver';
import type { RTCDtlsTransport } from './transports';
import { defineInterface, guardConstructor, INTERNAL, requireArguments } from './webidl';

export interface SendParameters extends RtpParameters {
  transactionId: string;
  encodings: EncodingParameters[];
}

// Nothing stands in for it: one call does it.
const goesItself = (track: TrackCore | null): boolean => !track || (track.enabled && !track.ended);

export class SenderCore {
  /** As the service knows it; null: it has made it, and not told yet. */
  serviceId: string | null = null;
  transportId = '';
  track: TrackCore | null;
  streams: string[];
  encodings: EncodingParameters[];
  /** Parameters as last read; null: not read since they were set. */
  lastRead: SendParameters | null = null;
  hasSent = false;
  readonly dtmf: DtmfCore | null;
  readonly object: RTCRtpSender;

  constructor(readonly transceiver: TransceiverCore, track: TrackCore | null, streams: string[], encodings: EncodingParameters[]) {
    this.track = track;
    this.streams = streams;
    this.encodings = encodings.length > 0 ? encodings : defaultEncodings(transceiver.kind);
    this.dtmf = transceiver.kind === 'audio' ? new DtmfCore(this) : null;
    this.object = new RTCRtpSender(INTERNAL, this);
  }

  /** The service's id, for a call whose turn has come. */
  id(): string {
    if (this.serviceId === null) throw exception('InvalidStateError', 'the service has no such sender');
    return this.serviceId;
  }

  parameters(): SendParameters {
    const { connection, mid, currentDirection } = this.transceiver;
    const active = currentDirection === 'sendrecv' || currentDirection === 'sendonly';
    const { codecs, headerExtensions, rtcp } = negotiated(connection.answer(), { mid, sends: true, active });
    const { cname } = connection;
    return {
      codecs, headerExtensions,
      rtcp: { ...(cname === undefined ? {} : { cname }), ...rtcp },
      transactionId: randomUUID(),
      encodings: this.encodings.map((encoding) => ({ ...encoding })),
    };
  }

  async replaceTrack(track: TrackCore | null): Promise<void> {
    const { connection } = this.transceiver;
    if (track && track.kind !== this.transceiver.kind) throw new TypeError(`the track is ${track.kind}`);
    if (connection.closed) throw exception('InvalidStateError', 'the connection is closed');
    return connection.chain(async () => {
      if (this.transceiver.stopping || this.transceiver.stopped) throw exception('InvalidStateError', 'the transceiver is stopped');
      const replace = (id: string, inOrder?: CallOptions): Promise<void> =>
        connection.localTracks.ensure(id, track, () => this.#send(id, track, inOrder), inOrder);
      const { session, localTracks } = connection;
      await (goesItself(track) && !localTracks.needsRoomFor(track) ? session.call(replace) : session.alone((id) => replace(id)))
        .catch((error) => Promise.reject(toException(error)));
      this.track = track;
    }, true);
  }

  /** Its track was enabled or disabled, or has ended. */
  sendWhatIsEnabled(): void {
    const { connection, stopping, stopped } = this.transceiver;
    if (stopping || stopped) return;
    void connection.background(
      (peerConnectionId, inOrder) => this.#send(peerConnectionId, this.track, inOrder).catch(ignoring('TRACK_NOT_FOUND')), // It has ended.
      { alone: !goesItself(this.track) });
  }

  // W3C WebRTC 1.0, 5.2: black pictures or silence in place of a track that is disabled or has ended; without a track nothing.
  async #send(peerConnectionId: string, track: TrackCore | null, inOrder: CallOptions | undefined): Promise<void> {
    const { connection } = this.transceiver;
    const replace = async (trackId: string): Promise<void> => {
      await connection.session.client.peerConnections.replaceTrack({ peerConnectionId, senderId: this.id(), trackId }, inOrder);
    };
    if (!track || goesItself(track)) return replace(track?.id ?? '');
    const blank = await connection.localTracks.blank(peerConnectionId, track.kind);
    // It is VP8 or Opus. If that is not what was negotiated, nothing is sent.
    await replace(blank).catch((error) => (isOf(error, 'INVALID_CODEC') ? replace('') : Promise.reject(error)));
  }

  async setParameters(value: unknown): Promise<void> {
    const given = toSendParameters(value);
    const { transceiver, lastRead } = this;
    const { encodings } = given;
    if (transceiver.stopping || transceiver.stopped) throw exception('InvalidStateError', 'the transceiver is stopped');
    if (!lastRead) throw exception('InvalidStateError', 'call getParameters first');
    checkUnchanged(toSendParameters(lastRead), given);
    checkEncodings(encodings, transceiver.kind, this.#choosableCodecs());
    const { connection } = transceiver;
    await connection.session.alone((id) => this.#apply(id, encodings)).catch((error) => Promise.reject(toException(error)));
    this.lastRead = null;
    this.encodings = encodings;
  }

  // W3C WebRTC 1.0, 5.2: what is negotiated, before that what is preferred or can be sent.
  #choosableCodecs(): Codec[] | undefined {
    const { connection, kind, preferredCodecs } = this.transceiver;
    const { codecs } = this.parameters();
    if (codecs.length > 0) return codecs.map(({ channels = 0, sdpFmtpLine = '', ...codec }) => ({ ...codec, channels, sdpFmtpLine }));
    return preferredCodecs.length > 0 ? preferredCodecs : connection.service.capabilities[kind]?.sender?.codecs;
  }

  async #apply(peerConnectionId: string, encodings: EncodingParameters[]): Promise<void> {
    const { peerConnections } = this.transceiver.connection.session.client;
    const senderId = this.id();
    const { parameters } = await peerConnections.getSenderParameters({ peerConnectionId, senderId });
    await peerConnections.setSenderParameters({ peerConnectionId, senderId, parameters: { ...parameters, encodings } });
  }

  /**
   * Takes what negotiation has made of the encodings: their number and rids. What is set of them comes from here, and what
   * the service says of that may be older.
   */
  updateEncodings(encodings: EncodingParameters[]): void {
    if (encodings.length === 0 || sameLayers(encodings, this.encodings)) return;
    this.encodings = encodings;
    this.lastRead = null;
  }
}

/** What our own code knows of a sender; throws a TypeError for anything else. */
export let senderCore: (value: unknown) => SenderCore;

/** W3C RTCRtpSender. */
export class RTCRtpSender {
  readonly #core: SenderCore;
  static {
    senderCore = (value) => {
      if (typeof value !== 'object' || value === null || !(#core in value)) throw new TypeError('the value is not an RTCRtpSender');
      return value.#core;
    };
  }

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    this.#core = args[1] as SenderCore;
  }

  get track(): MediaStreamTrack | null { return this.#core.track?.object ?? null; }
  get transport(): RTCDtlsTransport | null {
    const { transportId, transceiver } = this.#core;
    return transportId === '' ? null : transceiver.connection.transports.dtls(transportId).object;
  }
  get dtmf(): RTCDTMFSender | null { return this.#core.dtmf?.object ?? null; }

  getParameters(): SendParameters {
    const core = this.#core;
    if (!core.lastRead) {
      core.lastRead = core.parameters();
      queueTask(() => (core.lastRead = null)); // They can be set within the task that read them.
    }
    return structuredClone(core.lastRead);
  }
  async setParameters(parameters: SendParameters, _options: object = {}): Promise<void> {
    requireArguments('setParameters', arguments.length, 1);
    await this.#core.setParameters(parameters);
  }
  async replaceTrack(withTrack: MediaStreamTrack | null): Promise<void> {
    requireArguments('replaceTrack', arguments.length, 1);
    const track = withTrack === null || withTrack === undefined ? null : trackCore(withTrack);
    await this.#core.replaceTrack(track);
  }
  setStreams(...streams: MediaStream[]): void {
    const core = this.#core;
    const ids = [...new Set(streams.map(streamId))];
    const { connection, stopping, stopped } = core.transceiver;
    if (connection.closed) throw exception('InvalidStateError', 'the connection is closed');
    core.streams = ids;
    if (stopping || stopped) return;
    void connection.background(async (peerConnectionId, inOrder) => connection.session.client.peerConnections.setSenderStreams(
      { peerConnectionId, senderId: core.id(), streamIds: ids }, inOrder));
  }
  async getStats(): Promise<RTCStatsReport> {
    const core = this.#core;
    return core.transceiver.connection.getStats({ senderId: () => core.serviceId });
  }

  static getCapabilities(kind: string): Capabilities | null {
    requireArguments('getCapabilities', arguments.length, 1);
    return capabilitiesOf('sender', kind);
  }
}
defineInterface(RTCRtpSender, 'RTCRtpSender');
