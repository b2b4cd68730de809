// The mirror of one connection at the service: what RTCPeerConnection's attributes show, and the calls behind its methods.
import { randomBytes } from 'node:crypto';
import { PeerConnectionError } from '../errors';
import type {
  CreateAnswerResponse, CreateOfferResponse, DataChannelPriority, Event as ApiEvent, PeerConnection, PeerConnectionSnapshot, RtpTransceiver, SdpType, SessionDescriptionInput,
  StatsReport,
} from '../gen/contract';
import type { CallOptions } from '../methods';
import { candidateFromApi, RTCIceCandidate, type CandidateInit } from './candidate';
import { CandidateLog } from './candidate_log';
import { OperationsChain } from './chain';
import { configurationToApi, type Configuration } from './configuration';
import { currentService, finishBeforeEnd, type Service } from './connect';
import type { Background, ConnectionCore } from './core';
import { ChannelCore, type ChannelParameters } from './data_channel';
import { DataLink, type DtlsRole } from './data_link';
import { descriptionFromApi, RTCSessionDescription, type SdpTypeName } from './description';
import { fromApi, toApi } from './enums';
import { exception, isOf, toException } from './errors';
import { RTCDataChannelEvent } from './events';
import { GatheringSteps } from './gathering';
import { HeardSources } from './heard';
import { LocalTracks } from './local_tracks';
import { MediaSet } from './media_set';
import { dispatch } from './mirror';
import type { Answer } from './parameters';
import { cnameOf, fragments, sectionOf, withLine } from './sdp_view';
import { Session } from './session';
import type { RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionState, RTCSignalingState } from './states';
import { reportFromApi, selectStats, type RTCStatsReport } from './stats';
import { queueTask } from './tasks';
import { Transports, type Tell } from './transports';

const DESCRIPTIONS = [
  'currentLocalDescription', 'pendingLocalDescription', 'currentRemoteDescription', 'pendingRemoteDescription',
] as const;
const NO_SUBJECT = new Set(['SENDER_NOT_FOUND', 'RECEIVER_NOT_FOUND']);
type DescriptionName = (typeof DESCRIPTIONS)[number];

// That a track's media began or ceased, before a description took the track away: later it would give it back.
function flowBeforeRemoval(events: ApiEvent[]): ApiEvent[] {
  const removals = new Map(events.flatMap(({ sequence, trackRemoved }) =>
    (trackRemoved && !trackRemoved.goesOn ? [[trackRemoved.trackId, sequence]] : [])));
  return events.filter(({ sequence, firstPacket, trackMuted, trackUnmuted }) => {
    const { trackId } = firstPacket ?? trackMuted ?? trackUnmuted ?? {};
    return trackId !== undefined && sequence < (removals.get(trackId) ?? 0);
  });
}

// Ours in the DTLS association that carries data; null before a description has decided it.
function dataRole({ sctp, dtlsTransports }: PeerConnection): DtlsRole | null {
  const role = sctp && dtlsTransports.find(({ transportId }) => transportId === sctp.transportId)?.role;
  if (role === 'DTLS_ROLE_CLIENT') return 'client';
  return role === 'DTLS_ROLE_SERVER' ? 'server' : null;
}

/** States of a connection that are made of its transports'. */
export interface ConnectionStates {
  iceConnectionState?: RTCIceConnectionState;
  connectionState?: RTCPeerConnectionState;
}


interface Described {
  peerConnection: PeerConnection | null;
  transceivers: RtpTransceiver[];
}

/** Whose statistics: its id at the service when the turn of the call has come, null if it has none. */
interface StatsSelector {
  senderId?: () => string | null;
  receiverId?: () => string | null;
}

/** One connection. Threading: Node's one. */
export class Connection implements ConnectionCore {
  readonly target: EventTarget;
  readonly service: Service = currentService();
  readonly session: Session;
  readonly transports: Transports;
  readonly media: MediaSet;
  readonly data: DataLink;
  readonly heard: HeardSources;
  readonly localTracks = new LocalTracks(this);
  readonly candidates = new CandidateLog();
  readonly #chain: OperationsChain;
  readonly #channelPrefix = `w3c-${randomBytes(4).toString('hex')}`;
  #channelCount = 0;
  #deferred: { error: unknown } | null = null;
  #negotiationQueued = false;
  // Statistics as of close().
  #lastReport: Promise<StatsReport | null> = Promise.resolve(null);
  // Of gathering whose description is not applied (any more).
  #withheld: ApiEvent[] = [];
  readonly #gatheringSteps = new GatheringSteps();

  configuration: Configuration;
  closed = false;
  signalingState: RTCSignalingState = 'stable';
  iceGatheringState: RTCIceGatheringState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  connectionState: RTCPeerConnectionState = 'new';
  canTrickleIceCandidates: boolean | null = null;
  cname: string | undefined;
  negotiationNeeded = false;
  readonly descriptions: Record<DescriptionName, RTCSessionDescription | null> = {
    currentLocalDescription: null, pendingLocalDescription: null, currentRemoteDescription: null, pendingRemoteDescription: null,
  };

  constructor(target: EventTarget, configuration: Configuration) {
    const { client, labels } = this.service;
    this.target = target;
    this.configuration = configuration;
    this.transports = new Transports({ local: () => this.local?.sdp ?? null, remote: () => this.remote?.sdp ?? null });
    this.#chain = new OperationsChain(() => this.closed, () => this.updateNegotiationNeeded());
    this.session = new Session(client, async () => {
      const request = { configuration: configurationToApi(configuration), labels };
      const { peerConnection } = await client.peerConnections.create(request);
      return peerConnection?.peerConnectionId ?? '';
    });
    this.media = new MediaSet(this);
    this.heard = new HeardSources(this.session, () => this.media.receives());
    this.data = new DataLink(this.session, {
      maxMessageSize: () => this.transports.sctp?.maxMessageSize ?? Infinity,
      maxChannels: () => this.transports.sctp?.maxChannels ?? 65_535,
      sctpStarted: () => (this.transports.sctp?.state ?? 'connecting') !== 'connecting',
      onRemoteChannel: (core) => void this.fire(new RTCDataChannelEvent('datachannel', { channel: core.object })),
    });
    this.session.start({
      onEvent: (event) => this.#onEvent(event),
      onSnapshot: (snapshot) => this.#onSnapshot(snapshot),
      onLost: (error) => this.#onLost(error),
    });
  }

  get local(): RTCSessionDescription | null {
    return this.descriptions.pendingLocalDescription ?? this.descriptions.currentLocalDescription;
  }
  get remote(): RTCSessionDescription | null {
    return this.descriptions.pendingRemoteDescription ?? this.descriptions.currentRemoteDescription;
  }
  answer(): Answer | null {
    const { currentLocalDescription: local, currentRemoteDescription: remote } = this.descriptions;
    const ours = local?.type === 'answer';
    const sdp = (ours ? local : remote)?.sdp;
    return sdp === undefined ? null : { sdp, ours };
  }

  fire(event: Event): void {
    if (!this.closed) this.target.dispatchEvent(event);
  }

  // ---- Calls.

  background<T>(
    operation: (id: string, inOrder?: CallOptions) => Promise<T>, { settle = () => {}, refused = () => {}, alone = false }: Background<T> = {},
  ): Promise<void> {
    const fail = (error: unknown): void => {
      refused();
      // Something that has gone meanwhile is not changed any more, which is no failure.
      if (this.closed || isOf(error, 'TRANSCEIVER_STOPPED', 'TRANSCEIVER_NOT_FOUND', 'SENDER_NOT_FOUND')) return;
      this.#deferred ??= { error };
    };
    // In one step: it has to be known when a call begins that is made alone.
    return alone ? this.session.alone((id) => operation(id)).then(settle, fail) : this.session.call(operation, settle, fail);
  }

  chain<T>(operation: () => Promise<T>, ahead: boolean): Promise<T> {
    if (this.closed) return Promise.reject(exception('InvalidStateError', 'the connection is closed'));
    return this.#chain.add(operation, ahead);
  }

  // A method without a promise has nobody to tell that the service refused its call; the next negotiation does.
  #throwDeferred(): void {
    const deferred = this.#deferred;
    this.#deferred = null;
    if (deferred) throw deferred.error;
  }

  #negotiation<T>(operation: () => Promise<T>, ahead = false): Promise<T> {
    return this.chain(() => operation().catch((error) => Promise.reject(toException(error))), ahead);
  }

  createDescription(type: 'offer' | 'answer', iceRestart = false): Promise<{ type: SdpTypeName; sdp: string }> {
    return this.#negotiation(async () => {
      const { peerConnections } = this.session.client;
      // It changes nothing, so it is sent before it is known what became of the calls before it.
      const { description } = await this.session.call<CreateOfferResponse | CreateAnswerResponse>(
        (peerConnectionId, inOrder) => (type === 'offer'
          ? peerConnections.createOffer({ peerConnectionId, iceRestart }, inOrder)
          : peerConnections.createAnswer({ peerConnectionId }, inOrder)),
        (response) => {
          this.#throwDeferred();
          return response;
        },
        (error) => {
          this.#throwDeferred();
          throw error;
        });
      const sdp = description?.sdp ?? '';
      this.cname ??= cnameOf(sdp);
      return { type, sdp };
    }, true);
  }

  setLocalDescription(given: SdpTypeName | undefined, sdp: string): Promise<void> {
    const { peerConnections } = this.session.client;
    return this.#negotiation(() => {
      const type = given ?? (sdp === '' ? null : this.#nextLocalType());
      const description = type === null ? {} : { description: { type: toApi<SdpType>(type, 'SDP_TYPE'), sdp } };
      return this.#describe((peerConnectionId) => peerConnections.setLocalDescription({ peerConnectionId, ...description }));
    });
  }

  // W3C 4.4.2, setLocalDescription: what a description without type is.
  #nextLocalType(): SdpTypeName {
    return ['stable', 'have-local-offer', 'have-remote-pranswer'].includes(this.signalingState) ? 'offer' : 'answer';
  }

  setRemoteDescription(description: SessionDescriptionInput): Promise<void> {
    const { peerConnections } = this.session.client;
    return this.#negotiation(async () => {
      // An offer that meets ours: ours is taken back first, by way of stable (W3C 4.4.2, setRemoteDescription).
      if (description.type === 'SDP_TYPE_OFFER' && this.signalingState === 'have-local-offer') {
        await this.#describe((peerConnectionId) =>
          peerConnections.setLocalDescription({ peerConnectionId, description: { type: 'SDP_TYPE_ROLLBACK' } }));
      }
      await this.#describe((peerConnectionId) => peerConnections.setRemoteDescription({ peerConnectionId, description }));
    });
  }

  // Attributes, events and the promise change in the one task that W3C prescribes (4.4.1.5).
  #describe(operation: (id: string) => Promise<Described>): Promise<void> {
    const checked = async (id: string): Promise<Described> => {
      this.#throwDeferred();
      return operation(id);
    };
    return this.session.step(checked, ({ peerConnection }) => peerConnection?.lastEventSequence ?? 0, (response, events) => {
      if (this.closed) return;
      events.unshift(...this.#gatheringSteps.end());
      const past = flowBeforeRemoval(events);
      for (const event of past) dispatch(this, event);
      for (const { descriptionChange } of events) this.data.setIds(descriptionChange?.numberedDataChannels ?? []);
      this.applyDescriptions(response.peerConnection, response.transceivers, true);
      const told = this.media.applyNegotiation(events, response.transceivers);
      if (this.signalingState !== this.#signalingStateOf(response)) {
        this.setSignalingState(this.#signalingStateOf(response));
      }
      // What the response says of the need to negotiate is newer than what those events say.
      const others = events.filter((event) => !told.has(event) && !past.includes(event) && !event.negotiationNeeded);
      this.session.returnEvents(this.#withoutGivenUp([...this.#withheld.splice(0), ...others]));
    });
  }

  #signalingStateOf({ peerConnection }: Described): RTCSignalingState {
    return peerConnection ? fromApi(peerConnection.signalingState, 'SIGNALING_STATE') : this.signalingState;
  }

  async getStats(selector: StatsSelector = {}): Promise<RTCStatsReport> {
    if (this.closed) return this.#lastStats(selector);
    const { peerConnections } = this.session.client;
    try {
      const report = await this.session.call(async (peerConnectionId, inOrder) => {
        const { senderId, receiverId } = { senderId: selector.senderId?.(), receiverId: selector.receiverId?.() };
        if (senderId === null || receiverId === null) return null; // The service has no such thing, and no statistics of it.
        const request = { peerConnectionId, ...(senderId ? { senderId } : {}), ...(receiverId ? { receiverId } : {}) };
        return (await peerConnections.getStats(request, inOrder)).report;
      });
      return this.#reportOf(report);
    } catch (error) {
      // Its transceiver has gone with a negotiation.
      if (error instanceof PeerConnectionError && NO_SUBJECT.has(error.reason)) return this.#reportOf(null);
      throw toException(error);
    }
  }

  // Tracks of transceivers that were made here had their ids before the service gave its own. What stands in for a track has
  // that track's; if it does so for several, the first one's.
  #reportOf(report: StatsReport | null): RTCStatsReport {
    return reportFromApi(report, (id) => {
      const stoodInFor = this.media.list().find(({ kind, sender: { track } }) =>
        this.localTracks.isBlank(kind, id) && track && (!track.enabled || track.ended));
      return stoodInFor?.sender.track?.id ?? this.media.ofTrack(id)?.id ?? id;
    });
  }

  // After close() the statistics are those of its moment (W3C WebRTC 1.0, 8.2: getStats does not ask whether it is closed).
  async #lastStats({ senderId, receiverId }: StatsSelector): Promise<RTCStatsReport> {
    const report = this.#reportOf(await this.#lastReport);
    if (!senderId && !receiverId) return report;
    const id = (senderId ?? receiverId)?.();
    const transceiver = id === null ? undefined
      : this.media.list().find(({ sender, receiver }) => (senderId ? sender.serviceId : receiver.id) === id);
    return selectStats(report, senderId ? 'outbound-rtp' : 'inbound-rtp', transceiver?.mid ?? null);
  }

  createDataChannel(parameters: Omit<ChannelParameters, 'channelId'>): ChannelCore {
    const channelId = `${this.#channelPrefix}-${++this.#channelCount}`;
    const core = new ChannelCore(this.data, { channelId, ...parameters }, 'connecting');
    if (!parameters.negotiated) core.id = this.data.nextId();
    if (!this.data.add(core)) return core;
    const { label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id, priority } = parameters;
    void this.session.call((peerConnectionId, inOrder) => {
      core.announced = true;
      return this.session.client.dataChannels.createDataChannel({
        peerConnectionId, dataChannelId: channelId, init: {
          label, ordered, protocol, negotiated,
          ...(maxPacketLifeTime === null ? {} : { maxPacketLifeTime }),
          ...(maxRetransmits === null ? {} : { maxRetransmits }),
          ...(id === null ? {} : { id }),
          ...(negotiated || core.id === null ? {} : { preferredId: core.id }),
          ...(priority === 'low' ? {} : { priority: toApi<DataChannelPriority>(priority, 'DATA_CHANNEL_PRIORITY') }),
        },
      }, inOrder);
    }, ({ dataChannel }) => {
      if (dataChannel) this.data.setIds([dataChannel]);
    }, (error) => {
      if (!this.closed) this.data.fail(core, error);
    });
    return core;
  }

  // ---- What changes.

  /** Takes the descriptions and all that follows from them; `settled`: from an answer or a snapshot, not from an event. */
  applyDescriptions(pc: PeerConnection | null, transceivers: RtpTransceiver[], settled = false): void {
    if (!pc) return;
    for (const name of DESCRIPTIONS) {
      const found = descriptionFromApi(pc[name]);
      this.descriptions[name] = name.includes('Local') ? this.candidates.asAnnounced(found) : found;
    }
    this.cname ??= cnameOf(this.local?.sdp ?? '');
    this.canTrickleIceCandidates = { CAN_TRICKLE_ICE_CANDIDATES_SUPPORTED: true, CAN_TRICKLE_ICE_CANDIDATES_UNSUPPORTED: false }[
      pc.canTrickleIceCandidates as string] ?? null;
    this.transports.describe(pc.iceTransports);
    this.transports.setSctp(pc.sctp);
    this.data.setRole(dataRole(pc));
    if (this.transports.sctp) this.data.open();
    this.media.apply(transceivers, settled);
    this.negotiationNeeded = pc.negotiationNeeded;
  }

  /** The service has taken a remote candidate: it belongs to the remote descriptions from now on. */
  onRemoteCandidate(init: Required<CandidateInit>): void {
    if (init.candidate === '' || this.closed) return;
    // Without a fragment it is of the newest generation.
    const { sdpMid, sdpMLineIndex, usernameFragment } = init;
    const generations = usernameFragment === null ? fragments(this.remote?.sdp ?? '', sdpMid, sdpMLineIndex) : [usernameFragment];
    for (const name of ['pendingRemoteDescription', 'currentRemoteDescription'] as const) {
      const found = this.descriptions[name];
      if (!found || !fragments(found.sdp, sdpMid, sdpMLineIndex).some((fragment) => generations.includes(fragment))) continue;
      const line = init.candidate.startsWith('a=') ? init.candidate : `a=${init.candidate}`;
      this.descriptions[name] = new RTCSessionDescription({
        type: found.type, sdp: withLine(found.sdp, sdpMid, sdpMLineIndex, line),
      });
    }
    const candidate = new RTCIceCandidate(init);
    const mid = sdpMid ?? sectionOf(this.remote?.sdp ?? '', sdpMid, sdpMLineIndex)?.mid;
    for (const ice of this.transports.all()) {
      if (mid && ice.mids.includes(mid)) ice.remoteCandidates.push(candidate);
    }
  }

  setSignalingState(state: RTCSignalingState): void {
    if (state === this.signalingState) return;
    this.signalingState = state;
    this.fire(new Event('signalingstatechange'));
    if (state === 'stable') this.updateNegotiationNeeded();
  }

  /** Fires negotiationneeded when W3C allows it (4.7.3). */
  updateNegotiationNeeded(): void {
    if (this.#negotiationQueued || !this.negotiationNeeded || this.closed) return;
    if (!this.#chain.empty || this.signalingState !== 'stable') return;
    this.#negotiationQueued = true;
    queueTask(() => {
      this.#negotiationQueued = false;
      if (!this.negotiationNeeded || !this.#chain.empty || this.signalingState !== 'stable') return;
      this.negotiationNeeded = false;
      this.fire(new Event('negotiationneeded'));
    });
  }

  #onEvent(event: ApiEvent): void {
    const withholding = this.local === null || this.#withheld.length > 0;
    const states = { connection: this.iceGatheringState, transport: (id: string) => this.transports.ice(id).gatheringState };
    for (const one of this.#gatheringSteps.take(event, withholding ? null : states)) dispatch(this, one);
  }

  /**
   * Whether an event has to wait: candidates are told of only while a local description has their generation (W3C
   * 4.4.1.7); those of an offer that was rolled back come again with the next description that has it, or never.
   */
  withholds(event: ApiEvent): boolean {
    const { iceCandidate, iceGatheringStateChange } = event;
    if (!iceCandidate && !iceGatheringStateChange) return false;
    const described = this.local !== null && this.#isOfLocalGeneration(iceCandidate?.candidate?.usernameFragment);
    if (described && this.#withheld.length === 0) return false;
    this.#withheld.push(event);
    return true;
  }

  #isOfLocalGeneration(ufrag: string | undefined): boolean {
    const { currentLocalDescription: current, pendingLocalDescription: pending } = this.descriptions;
    const line = `a=ice-ufrag:${ufrag}\r\n`;
    return ufrag === undefined || Boolean(current?.sdp.includes(line) || pending?.sdp.includes(line));
  }

  #isGivenUp({ iceCandidate }: ApiEvent): boolean {
    return !this.#isOfLocalGeneration(iceCandidate?.candidate?.usernameFragment);
  }

  // Of what happened before a description was applied: a local one without the generation of a candidate says that
  // this generation was given up. Its candidates would hold up those of the next one, and its end would be taken for
  // theirs. So the whole gathering goes; only if its beginning was told before, and no other follows, its end stays.
  #withoutGivenUp(events: ApiEvent[]): ApiEvent[] {
    if (!this.local) return events;
    const gatherings: ApiEvent[][] = [[]];
    for (const event of events) {
      if (event.iceGatheringStateChange?.iceGatheringState === 'ICE_GATHERING_STATE_GATHERING') gatherings.push([]);
      gatherings.at(-1)?.push(event);
    }
    return gatherings.flatMap((gathering) => {
      if (!gathering.some((event) => this.#isGivenUp(event))) return gathering;
      const isState = (event: ApiEvent): boolean =>
        Boolean(event.iceGatheringStateChange || (event.iceCandidate && !event.iceCandidate.candidate));
      return gathering.filter((event) => !this.#isGivenUp(event) && (gatherings.length === 1 || !isState(event)));
    });
  }

  setState<Name extends 'iceConnectionState' | 'connectionState' | 'iceGatheringState'>(attribute: Name, state: Connection[Name]): void {
    const states: Pick<Connection, Name> = this;
    if (states[attribute] === state) return;
    states[attribute] = state;
    this.fire(new Event(`${attribute.toLowerCase()}change`));
  }

  /**
   * W3C WebRTC 1.0, 5.5 and 5.6: a transport's states and those of the connection that come with them are all set before an
   * event tells of one.
   * @param tells What tells of the transport's, which are set.
   */
  changeTogether(tells: Tell[], states: ConnectionStates): void {
    const changed = (['iceConnectionState', 'connectionState'] as const).filter((name) => (states[name] ?? this[name]) !== this[name]);
    this.iceConnectionState = states.iceConnectionState ?? this.iceConnectionState;
    this.connectionState = states.connectionState ?? this.connectionState;
    for (const tell of tells) if (!this.closed) tell();
    for (const name of changed) this.fire(new Event(`${name.toLowerCase()}change`));
  }

  // Events were lost: things are as they are now, and each attribute that differs has its event.
  #onSnapshot(snapshot: PeerConnectionSnapshot): void {
    const pc = snapshot.peerConnection;
    for (const event of this.#gatheringSteps.end()) dispatch(this, event);
    if (!pc || this.closed) return;
    this.data.setIds(snapshot.dataChannels);
    this.applyDescriptions(pc, snapshot.transceivers, true);
    this.setSignalingState(fromApi(pc.signalingState, 'SIGNALING_STATE'));
    this.media.leaveStreams(snapshot.transceivers);
    this.media.tellOfUntold(snapshot.transceivers);
    this.localTracks.onSnapshot();
    for (const { trackId, origin, muted, source } of snapshot.tracks) {
      if (origin === 'TRACK_ORIGIN_REMOTE') this.media.ofTrack(trackId)?.setMuted(muted);
      else this.localTracks.onSourceState(trackId, source?.state);
    }
    const tells = [
      ...pc.iceTransports.flatMap((transport) => this.transports.ice(transport.transportId).take(transport)),
      ...pc.dtlsTransports.flatMap((dtlsTransport) => this.transports.dtls(dtlsTransport.transportId).take({ dtlsTransport })),
    ];
    this.changeTogether(tells, {
      iceConnectionState: fromApi<RTCIceConnectionState>(pc.iceConnectionState, 'ICE_CONNECTION_STATE'),
      connectionState: fromApi<RTCPeerConnectionState>(pc.connectionState, 'PEER_CONNECTION_STATE'),
    });
    if (this.closed) return;
    if (pc.sctp) this.transports.updateSctp(pc.sctp);
    this.data.onSctpChange();
    this.data.onSnapshot(snapshot.dataChannels);
    for (const candidate of snapshot.localCandidates) {
      if (this.candidates.has(candidateFromApi(candidate))) continue;
      const transportId = pc.iceTransports.find(({ mids }) => mids.includes(candidate.sdpMid ?? ''))?.transportId ?? '';
      dispatch(this, { event: 'iceCandidate', iceCandidate: { candidate, transportId } } as ApiEvent);
    }
    this.setState('iceGatheringState', fromApi(pc.iceGatheringState, 'ICE_GATHERING_STATE'));
    this.updateNegotiationNeeded();
  }

  // ---- Ends.

  #onLost(error: unknown): void {
    if (this.closed) return;
    this.data.failAll(error);
    this.setState('iceConnectionState', 'failed');
    this.setState('connectionState', 'failed');
  }

  /** The service closed it, or somebody else did: the user is told by events. */
  onClosed(message: string): void {
    this.data.failAll(new Error(message || 'the connection was closed by the service'));
    queueTask(() => {
      for (const attribute of ['iceConnectionState', 'connectionState'] as const) this.setState(attribute, 'closed');
      this.setSignalingState('closed');
      this.close();
    });
  }

  /** W3C close(). */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.signalingState = this.iceConnectionState = this.connectionState = 'closed';
    this.media.close();
    this.data.closeAll();
    this.transports.close();
    this.heard.close();
    this.localTracks.releaseAll();
    this.session.stop();
    const { client } = this.session;
    this.#lastReport = this.session.call(
      (peerConnectionId, inOrder) => client.peerConnections.getStats({ peerConnectionId }, inOrder), ({ report }) => report, () => null);
    finishBeforeEnd(client, this.session.last((peerConnectionId) => client.peerConnections.close({ peerConnectionId })));
  }
}
