// RTCPeerConnection.
import type { SdpType } from '../gen/contract';
import {
  candidateArguments, checkChannelParameters, checkTransceiverInit, toChannelParameters, toOfferOptions, toTransceiverInit, type DataChannelInit, type OfferOptions,
  type TransceiverOptions,
} from './arguments';
import { RTCCertificate } from './certificate';
import { copyOf, checkChange, configurationToApi, toConfiguration, type Configuration } from './configuration';
import { Connection } from './connection';
import { currentService } from './connect';
import type { CandidateInit } from './candidate';
import type { RTCDataChannel } from './data_channel';
import { toDescriptionInit, type DescriptionInit, type RTCSessionDescription, type SdpTypeName } from './description';
import { toApi } from './enums';
import { exception, toException } from './errors';
import { keyAlgorithm } from './key_algorithm';
import { streamId, type MediaStream } from './media_stream';
import { KINDS, trackCore, type Kind, type MediaStreamTrack } from './media_stream_track';
import type { RTCRtpReceiver } from './receiver';
import { fragments, sectionOf, type Section } from './sdp_view';
import { senderCore, type RTCRtpSender } from './sender';
import type { RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionState, RTCSignalingState } from './states';
import type { RTCStatsReport } from './stats';
import type { RTCRtpTransceiver } from './transceiver';
import type { RTCSctpTransport } from './transports';
import {
  defineEventHandlers, defineInterface, INTERNAL, requireArguments, toDOMString, toEnum, toFunction, type Handler,
} from './webidl';

type Callback = (...args: any[]) => unknown;

/** What createOffer and createAnswer resolve with. */
export interface CreatedDescription {
  type: SdpTypeName;
  sdp: string;
}

/** The legacy form of a method: callbacks in place of the promise (W3C WebRTC 1.0, 4.4.3). */
function legacy<T>(run: () => Promise<T>, success: unknown, failure: unknown): Promise<void> {
  const [onSuccess, onFailure] = [toFunction(success, 'successCallback'), toFunction(failure, 'failureCallback')];
  run().then((value) => onSuccess(value), (error) => onFailure(error));
  return Promise.resolve();
}

/** The mirror behind a connection; throws a TypeError for anything else. */
export let connectionOf: (value: any) => Connection;

/** W3C RTCPeerConnection. It lives at the service that was connected last. */
export class RTCPeerConnection extends EventTarget {
  readonly #core: Connection;
  static {
    connectionOf = (value) => value.#core;
  }

  constructor(configuration: Partial<Configuration> = {}) {
    super();
    const checked = toConfiguration(configuration);
    this.#core = new Connection(this, checked);
  }

  // ---- Negotiation.

  createOffer(options?: OfferOptions): Promise<CreatedDescription>;
  createOffer(success: Callback, failure: Callback, options?: OfferOptions): Promise<void>;
  async createOffer(...args: unknown[]): Promise<CreatedDescription | void> {
    const core = this.#core;
    const callbacks = typeof args[0] === 'function';
    const options = toOfferOptions(callbacks ? args[2] : args[0]);
    const make = (): Promise<CreatedDescription> => {
      if (core.closed) return Promise.reject(exception('InvalidStateError', 'the connection is closed'));
      for (const kind of KINDS) offerToReceive(core, kind, options.offerToReceive[kind]);
      return core.createDescription('offer', options.iceRestart);
    };
    return callbacks ? legacy(make, args[0], args[1]) : make();
  }

  createAnswer(options?: object): Promise<CreatedDescription>;
  createAnswer(success: Callback, failure: Callback): Promise<void>;
  async createAnswer(...args: unknown[]): Promise<CreatedDescription | void> {
    const core = this.#core;
    const make = (): Promise<CreatedDescription> => core.createDescription('answer');
    return typeof args[0] === 'function' ? legacy(make, args[0], args[1]) : make();
  }

  async setLocalDescription(...args: [description?: Partial<DescriptionInit> | null, success?: Callback, failure?: Callback]): Promise<void> {
    const core = this.#core;
    const [description, success, failure] = args;
    const { type, sdp } = toDescriptionInit(description);
    const run = (): Promise<void> => core.setLocalDescription(type, type === 'rollback' ? '' : sdp);
    return success === undefined ? run() : legacy(run, success, failure);
  }

  async setRemoteDescription(description: DescriptionInit, ...callbacks: [success?: Callback, failure?: Callback]): Promise<void> {
    const core = this.#core;
    requireArguments('setRemoteDescription', arguments.length, 1);
    const [success, failure] = callbacks;
    const { type, sdp } = toDescriptionInit(description);
    if (type === undefined) throw new TypeError('RTCSessionDescriptionInit: the member type is required');
    const run = (): Promise<void> =>
      core.setRemoteDescription({ type: toApi<SdpType>(type, 'SDP_TYPE'), sdp: type === 'rollback' ? '' : sdp });
    return success === undefined ? run() : legacy(run, success, failure);
  }

  async addIceCandidate(...args: [candidate?: CandidateInit | null, success?: Callback, failure?: Callback]): Promise<void> {
    const core = this.#core;
    const [candidate, success, failure] = args;
    const run = async (): Promise<void> => addCandidate(core, candidateArguments(candidate));
    return success === undefined ? run() : legacy(run, success, failure);
  }

  restartIce(): void {
    const core = this.#core;
    if (core.closed) return;
    void core.background((peerConnectionId, inOrder) => core.session.client.peerConnections.restartIce({ peerConnectionId }, inOrder));
  }

  // ---- State.

  get localDescription(): RTCSessionDescription | null { return this.#core.local; }
  get currentLocalDescription(): RTCSessionDescription | null { return this.#core.descriptions.currentLocalDescription; }
  get pendingLocalDescription(): RTCSessionDescription | null { return this.#core.descriptions.pendingLocalDescription; }
  get remoteDescription(): RTCSessionDescription | null { return this.#core.remote; }
  get currentRemoteDescription(): RTCSessionDescription | null { return this.#core.descriptions.currentRemoteDescription; }
  get pendingRemoteDescription(): RTCSessionDescription | null { return this.#core.descriptions.pendingRemoteDescription; }
  get signalingState(): RTCSignalingState { return this.#core.signalingState; }
  get iceGatheringState(): RTCIceGatheringState { return this.#core.iceGatheringState; }
  get iceConnectionState(): RTCIceConnectionState { return this.#core.iceConnectionState; }
  get connectionState(): RTCPeerConnectionState { return this.#core.connectionState; }
  get canTrickleIceCandidates(): boolean | null { return this.#core.canTrickleIceCandidates; }
  get sctp(): RTCSctpTransport | null { return this.#core.transports.sctp?.object ?? null; }

  getConfiguration(): Configuration { return copyOf(this.#core.configuration); }
  setConfiguration(configuration: Partial<Configuration> = {}): void {
    const core = this.#core;
    if (core.closed) throw exception('InvalidStateError', 'the connection is closed');
    const next = toConfiguration(configuration);
    checkChange(core.configuration, next, core.local !== null);
    core.configuration = { ...next, certificates: core.configuration.certificates };
    void core.background((peerConnectionId, inOrder) => core.session.client.peerConnections.setConfiguration(
      { peerConnectionId, configuration: configurationToApi(core.configuration) }, inOrder));
  }

  close(): void { this.#core.close(); }

  // ---- Media.

  getSenders(): RTCRtpSender[] { return live(this.#core).map(({ sender }) => sender.object); }
  getReceivers(): RTCRtpReceiver[] { return live(this.#core).map(({ receiver }) => receiver.object); }
  getTransceivers(): RTCRtpTransceiver[] { return this.#core.media.list().map(({ object }) => object); }

  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender {
    const core = this.#core;
    requireArguments('addTrack', arguments.length, 1);
    const [local, ids] = [trackCore(track), [...new Set(streams.map(streamId))]];
    if (core.closed) throw exception('InvalidStateError', 'the connection is closed');
    return core.media.addTrack(local, ids).object;
  }

  removeTrack(sender: RTCRtpSender): void {
    const core = this.#core;
    requireArguments('removeTrack', arguments.length, 1);
    const found = senderCore(sender);
    if (core.closed) throw exception('InvalidStateError', 'the connection is closed');
    core.media.removeTrack(found);
  }

  addTransceiver(trackOrKind: MediaStreamTrack | Kind, init: TransceiverOptions = {}): RTCRtpTransceiver {
    const core = this.#core;
    requireArguments('addTransceiver', arguments.length, 1);
    const track = typeof trackOrKind === 'object' && trackOrKind !== null ? trackCore(trackOrKind) : null;
    const kind = track?.kind ?? toEnum(toDOMString(trackOrKind) as Kind, KINDS, 'addTransceiver');
    const converted = toTransceiverInit(init);
    if (core.closed) throw exception('InvalidStateError', 'the connection is closed');
    const checked = checkTransceiverInit(converted, kind, core.service.capabilities[kind]?.sender?.codecs);
    return core.media.addTransceiver(kind, track, checked).object;
  }

  async getStats(selector: MediaStreamTrack | null = null): Promise<RTCStatsReport> {
    const core = this.#core;
    if (selector === null || selector === undefined) return core.getStats();
    const track = trackCore(selector);
    const senders = core.media.list().filter(({ sender }) => sender.track === track);
    const receivers = core.media.list().filter(({ receiver }) => receiver.track === track);
    if (senders.length + receivers.length !== 1) {
      throw exception('InvalidAccessError', 'the track is not sent or received exactly once');
    }
    return core.getStats(senders.length > 0
      ? { senderId: () => senders[0].sender.serviceId } : { receiverId: () => receivers[0].receiver.id });
  }

  // ---- Data.

  createDataChannel(label: string, dataChannelDict: DataChannelInit = {}): RTCDataChannel {
    const core = this.#core;
    requireArguments('createDataChannel', arguments.length, 1);
    const parameters = toChannelParameters(label, dataChannelDict);
    if (core.closed) throw exception('InvalidStateError', 'the connection is closed');
    checkChannelParameters(parameters);
    const maxChannels = core.transports.sctp?.maxChannels ?? Infinity;
    if (parameters.id !== null && (core.data.usedIds().has(parameters.id) || parameters.id >= maxChannels)) {
      throw exception('OperationError', `the id ${parameters.id} is in use or too high`);
    }
    return core.createDataChannel(parameters).object;
  }

  static async generateCertificate(keygenAlgorithm: unknown): Promise<RTCCertificate> {
    requireArguments('generateCertificate', arguments.length, 1);
    const request = keyAlgorithm(keygenAlgorithm);
    const { client } = currentService();
    const { certificate } = await client.peerConnections.generateCertificate(request)
      .catch((error) => Promise.reject(toException(error)));
    return new RTCCertificate(INTERNAL, certificate, client);
  }
}

function offerToReceive(core: Connection, kind: Kind, wanted: boolean | undefined): void {
  const own = core.media.list().filter((transceiver) => transceiver.kind === kind && !transceiver.stopping && !transceiver.stopped);
  if (wanted === false) {
    for (const transceiver of own) {
      if (transceiver.direction === 'sendrecv') transceiver.setDirection('sendonly');
      else if (transceiver.direction === 'recvonly') transceiver.setDirection('inactive');
    }
  } else if (wanted && !own.some(({ direction }) => direction === 'sendrecv' || direction === 'recvonly')) {
    core.media.addTransceiver(kind, null, { direction: 'recvonly', streams: [], encodings: [] });
  }
}

// W3C 4.4.2, addIceCandidate.
function addCandidate(core: Connection, init: Required<CandidateInit>): Promise<void> {
  if (init.candidate !== '' && init.sdpMid === null && init.sdpMLineIndex === null) {
    return Promise.reject(new TypeError('addIceCandidate: sdpMid and sdpMLineIndex are both null'));
  }
  return core.chain(async () => {
    const section = candidateSection(core, init);
    const stopped = section !== undefined && core.media.hasStopped(section);
    if (!stopped) checkGeneration(core, init);
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = init;
    const { peerConnections } = core.session.client;
    const added = core.session.call((peerConnectionId, inOrder) => peerConnections.addIceCandidate({
      peerConnectionId, candidate: {
        candidate,
        ...(sdpMid === null ? {} : { sdpMid }),
        ...(sdpMLineIndex === null ? {} : { sdpMLineIndex }),
        ...(usernameFragment === null ? {} : { usernameFragment }),
      },
    }, inOrder));
    // The transport may be that of others, which can do with it; if not, nobody minds.
    if (stopped) return added.then(() => {}, () => {});
    await added.catch((error) => Promise.reject(toException(error)));
    core.onRemoteCandidate(init);
  }, true);
}

// The section that a candidate is for; undefined: all.
function candidateSection({ remote }: Connection, { sdpMid, sdpMLineIndex }: Required<CandidateInit>): Section | undefined {
  if (!remote) throw exception('InvalidStateError', 'there is no remote description');
  const section = sectionOf(remote.sdp, sdpMid, sdpMLineIndex);
  if (!section && (sdpMid !== null || sdpMLineIndex !== null)) {
    throw exception('OperationError', 'the remote description has no such section');
  }
  return section;
}

function checkGeneration({ descriptions }: Connection, { sdpMid, sdpMLineIndex, usernameFragment }: Required<CandidateInit>): void {
  if (usernameFragment === null) return;
  const applied = [descriptions.pendingRemoteDescription, descriptions.currentRemoteDescription];
  const known = applied.flatMap((description) => (description ? fragments(description.sdp, sdpMid, sdpMLineIndex) : []));
  if (!known.includes(usernameFragment)) {
    throw exception('OperationError', `no remote description has the user name fragment '${usernameFragment}'`);
  }
}

const live = (core: Connection) => core.media.list().filter(({ stopped }) => !stopped);

export interface RTCPeerConnection {
  onnegotiationneeded: Handler;
  onicecandidate: Handler;
  onicecandidateerror: Handler;
  onsignalingstatechange: Handler;
  oniceconnectionstatechange: Handler;
  onicegatheringstatechange: Handler;
  onconnectionstatechange: Handler;
  ontrack: Handler;
  ondatachannel: Handler;
}
defineEventHandlers(RTCPeerConnection, (object) => connectionOf(object), [
  'negotiationneeded', 'icecandidate', 'icecandidateerror', 'signalingstatechange', 'iceconnectionstatechange',
  'icegatheringstatechange', 'connectionstatechange', 'track', 'datachannel',
]);
defineInterface(RTCPeerConnection, 'RTCPeerConnection');
