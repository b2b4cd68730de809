// RTCIceTransport, RTCDtlsTransport and RTCSctpTransport, and the objects of one connection.
import type { DtlsTransportChangeEvent, IceTransport, SctpTransport } from '../gen/contract';
import { candidateFromApi, type RTCIceCandidate } from './candidate';
import { fromApi } from './enums';
import { RTCError, type ErrorDetail } from './errors';
import { RTCErrorEvent } from './events';
import { attribute, sections } from './sdp_view';
import type {
  RTCDtlsTransportState, RTCIceComponent, RTCIceGathererState, RTCIceRole, RTCIceTransportState, RTCSctpTransportState,
} from './states';
import { defineEventHandlers, defineInterface, guardConstructor, INTERNAL, type Handler } from './webidl';

/** W3C RTCIceCandidatePair. */
export class RTCIceCandidatePair {
  readonly #local: RTCIceCandidate;
  readonly #remote: RTCIceCandidate;

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    this.#local = args[1] as RTCIceCandidate;
    this.#remote = args[2] as RTCIceCandidate;
  }

  get local(): RTCIceCandidate { return this.#local; }
  get remote(): RTCIceCandidate { return this.#remote; }
}
defineInterface(RTCIceCandidatePair, 'RTCIceCandidatePair');

/** Where parameters are read from. */
export interface Descriptions {
  local(): string | null;
  remote(): string | null;
}

/** Fires one event, of what has changed. */
export type Tell = () => void;

export class IceCore {
  role: RTCIceRole = 'unknown';
  state: RTCIceTransportState = 'new';
  gatheringState: RTCIceGathererState = 'new';
  mids: string[] = [];
  pair: RTCIceCandidatePair | null = null;
  pairText = '';
  readonly localCandidates: RTCIceCandidate[] = [];
  readonly remoteCandidates: RTCIceCandidate[] = [];
  readonly object: RTCIceTransport;

  constructor(readonly descriptions: Descriptions) {
    this.object = new RTCIceTransport(INTERNAL, this);
  }

  /** Takes what the service says. @returns What tells of it, one event each, in the order of W3C WebRTC 1.0, 5.6.3. */
  take(transport: IceTransport): Tell[] {
    const types: string[] = [];
    this.mids = transport.mids;
    this.role = transport.role === 'ICE_ROLE_UNSPECIFIED' ? 'unknown' : fromApi(transport.role, 'ICE_ROLE');
    const gathering = fromApi<RTCIceGathererState>(transport.gatheringState, 'ICE_GATHERING_STATE');
    if (gathering !== this.gatheringState) {
      this.gatheringState = gathering;
      types.push('gatheringstatechange');
    }
    if (this.#updatePair(transport)) types.push('selectedcandidatepairchange');
    const state = fromApi<RTCIceTransportState>(transport.state, 'ICE_CONNECTION_STATE');
    if (state !== this.state) {
      this.state = state;
      types.push('statechange');
    }
    return types.map((type) => () => void this.object.dispatchEvent(new Event(type)));
  }

  #updatePair({ selectedCandidatePair }: IceTransport): boolean {
    const { local, remote } = selectedCandidatePair ?? {};
    if (!local || !remote) {
      const had = this.pair !== null;
      this.pair = null;
      this.pairText = '';
      return had;
    }
    const text = `${local.candidate} ${remote.candidate}`;
    if (text === this.pairText) return false;
    this.pairText = text;
    this.pair = new RTCIceCandidatePair(INTERNAL, candidateFromApi(local), candidateFromApi(remote));
    return true;
  }
}

interface IceParameters {
  usernameFragment: string;
  password: string;
}

function parameters(sdp: string | null, mids: readonly string[]): IceParameters | null {
  const section = sections(sdp ?? '').find(({ mid }) => mid !== null && mids.includes(mid));
  const usernameFragment = section && attribute(section, 'ice-ufrag');
  const password = section && attribute(section, 'ice-pwd');
  return usernameFragment && password ? { usernameFragment, password } : null;
}

let iceCore: (value: any) => IceCore;

/** W3C RTCIceTransport. */
export class RTCIceTransport extends EventTarget {
  readonly #core: IceCore;
  static {
    iceCore = (value) => value.#core;
  }

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    super();
    this.#core = args[1] as IceCore;
  }

  get role(): RTCIceRole { return this.#core.role; }
  get component(): RTCIceComponent { return this.#core && 'rtp'; }
  get state(): RTCIceTransportState { return this.#core.state; }
  get gatheringState(): RTCIceGathererState { return this.#core.gatheringState; }
  getLocalCandidates(): RTCIceCandidate[] { return [...this.#core.localCandidates]; }
  getRemoteCandidates(): RTCIceCandidate[] { return [...this.#core.remoteCandidates]; }
  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    const { state, pair } = this.#core;
    return state === 'new' || state === 'closed' ? null : pair;
  }
  getLocalParameters(): IceParameters | null { return parameters(this.#core.descriptions.local(), this.#core.mids); }
  getRemoteParameters(): IceParameters | null { return parameters(this.#core.descriptions.remote(), this.#core.mids); }
}
export interface RTCIceTransport {
  onstatechange: Handler;
  ongatheringstatechange: Handler;
  onselectedcandidatepairchange: Handler;
}
defineEventHandlers(RTCIceTransport, (object) => iceCore(object),
  ['statechange', 'gatheringstatechange', 'selectedcandidatepairchange']);
defineInterface(RTCIceTransport, 'RTCIceTransport');

export class DtlsCore {
  state: RTCDtlsTransportState = 'new';
  certificates: Buffer[] = [];
  readonly object: RTCDtlsTransport;

  constructor(readonly ice: IceCore) {
    this.object = new RTCDtlsTransport(INTERNAL, this);
  }

  /** As IceCore.take. */
  take({ dtlsTransport, errorDetail, errorText, receivedAlert, sentAlert }: Partial<DtlsTransportChangeEvent>): Tell[] {
    if (!dtlsTransport) return [];
    this.certificates = dtlsTransport.remoteCertificates;
    const state = fromApi<RTCDtlsTransportState>(dtlsTransport.state, 'DTLS_TRANSPORT_STATE');
    if (state === this.state) return [];
    this.state = state;
    const events: Event[] = [new Event('statechange')];
    if (state === 'failed' && errorDetail) {
      const error = new RTCError({ errorDetail: errorDetail as ErrorDetail, receivedAlert, sentAlert }, errorText);
      events.unshift(new RTCErrorEvent('error', { error }));
    }
    return events.map((event) => () => void this.object.dispatchEvent(event));
  }
}

let dtlsCore: (value: any) => DtlsCore;

/** W3C RTCDtlsTransport. */
export class RTCDtlsTransport extends EventTarget {
  readonly #core: DtlsCore;
  static {
    dtlsCore = (value) => value.#core;
  }

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    super();
    this.#core = args[1] as DtlsCore;
  }

  get iceTransport(): RTCIceTransport { return this.#core.ice.object; }
  get state(): RTCDtlsTransportState { return this.#core.state; }
  getRemoteCertificates(): ArrayBuffer[] {
    return this.#core.certificates.map((der) => Uint8Array.from(der).buffer);
  }
}
export interface RTCDtlsTransport {
  onstatechange: Handler;
  onerror: Handler;
}
defineEventHandlers(RTCDtlsTransport, (object) => dtlsCore(object), ['statechange', 'error']);
defineInterface(RTCDtlsTransport, 'RTCDtlsTransport');

export class SctpCore {
  state: RTCSctpTransportState = 'connecting';
  maxMessageSize = Infinity;
  maxChannels: number | null = null;
  readonly object: RTCSctpTransport;

  constructor(public dtls: DtlsCore) {
    this.object = new RTCSctpTransport(INTERNAL, this);
  }

  update(transport: SctpTransport): void {
    if (this.state === 'closed') return;
    if (transport.maxMessageSize > 0) this.maxMessageSize = transport.maxMessageSize;
    if (transport.maxChannels > 0) this.maxChannels = transport.maxChannels;
    const state = fromApi<RTCSctpTransportState>(transport.state, 'SCTP_TRANSPORT_STATE');
    if (state === this.state) return;
    this.state = state;
    this.object.dispatchEvent(new Event('statechange'));
  }
}

let sctpCore: (value: any) => SctpCore;

/** W3C RTCSctpTransport. */
export class RTCSctpTransport extends EventTarget {
  readonly #core: SctpCore;
  static {
    sctpCore = (value) => value.#core;
  }

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    super();
    this.#core = args[1] as SctpCore;
  }

  get transport(): RTCDtlsTransport { return this.#core.dtls.object; }
  get state(): RTCSctpTransportState { return this.#core.state; }
  get maxMessageSize(): number { return this.#core.maxMessageSize; }
  get maxChannels(): number | null { return this.#core.maxChannels; }
}
export interface RTCSctpTransport {
  onstatechange: Handler;
}
defineEventHandlers(RTCSctpTransport, (object) => sctpCore(object), ['statechange']);
defineInterface(RTCSctpTransport, 'RTCSctpTransport');

/** The transports of one connection, by id. */
export class Transports {
  readonly #ice = new Map<string, IceCore>();
  readonly #dtls = new Map<string, DtlsCore>();
  sctp: SctpCore | null = null;

  constructor(private readonly descriptions: Descriptions) {}

  ice(id: string): IceCore {
    let core = this.#ice.get(id);
    if (!core) this.#ice.set(id, (core = new IceCore(this.descriptions)));
    return core;
  }

  /** The transports that the descriptions have: all others carry nothing any more. Ids are not used again. */
  describe(transports: IceTransport[]): void {
    for (const core of this.#ice.values()) core.mids = [];
    for (const { transportId, mids } of transports) this.ice(transportId).mids = mids;
  }

  dtls(id: string): DtlsCore {
    let core = this.#dtls.get(id);
    if (!core) this.#dtls.set(id, (core = new DtlsCore(this.ice(id))));
    return core;
  }

  /** W3C pc.sctp follows the descriptions. */
  setSctp(transport: SctpTransport | null): void {
    if (!transport) {
      if (this.sctp?.state === 'connecting') this.sctp = null; // Rolled back.
      return;
    }
    if (this.sctp?.state === 'closed' && transport.state !== 'SCTP_TRANSPORT_STATE_CLOSED') this.sctp = null;
    const dtls = this.dtls(transport.transportId);
    this.sctp ??= new SctpCore(dtls);
    this.sctp.dtls = dtls;
    if (transport.maxMessageSize > 0) this.sctp.maxMessageSize = transport.maxMessageSize;
  }

  /** Its state has changed, or the transport that carries it. */
  updateSctp(transport: SctpTransport): void {
    if (!this.sctp) return;
    this.sctp.dtls = this.dtls(transport.transportId);
    this.sctp.update(transport);
  }

  all(): IceCore[] {
    return [...this.#ice.values()];
  }

  /** W3C close(): all is closed, and no event tells. */
  close(): void {
    for (const ice of this.#ice.values()) ice.state = 'closed';
    for (const dtls of this.#dtls.values()) dtls.state = 'closed';
    if (this.sctp) this.sctp.state = 'closed';
  }
}
