// RTCIceCandidate.
import type { IceCandidate } from '../gen/contract';
import type { RTCIceCandidateType, RTCIceComponent, RTCIceProtocol, RTCIceTcpCandidateType } from './states';
import { defineInterface, toDOMString, toDictionary, toEnum, toUnsignedShort, toUSVString } from './webidl';

export interface CandidateInit {
  candidate?: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

interface Parsed {
  foundation: string;
  component: RTCIceComponent;
  protocol: RTCIceProtocol;
  priority: number;
  address: string;
  port: number;
  type: RTCIceCandidateType;
  extensions: Map<string, string>;
}

const INIT_MEMBERS = ['candidate', 'sdpMLineIndex', 'sdpMid', 'usernameFragment'] as const;
const TYPES = ['host', 'srflx', 'prflx', 'relay'];
const RELAY_PROTOCOLS = ['udp', 'tcp', 'tls'];
const TCP_TYPES: readonly RTCIceTcpCandidateType[] = ['active', 'passive', 'so'];
const TOKEN = /^[A-Za-z0-9+/]{1,32}$/;

// RFC 8839, 5.1. A line that does not parse leaves all parsed attributes null (W3C WebRTC 1.0, 4.8.1.1).
function parse(line: string): Parsed | null {
  const parts = line.replace(/^(a=)?candidate:/i, '').trim().split(/ +/);
  const [foundation, component, transport, priority, address, port, typ, type, ...rest] = parts;
  if (!/^(a=)?candidate:/i.test(line) || typ !== 'typ' || !TOKEN.test(foundation)) return null;
  const protocol = transport.toLowerCase();
  if (!['1', '2'].includes(component) || !['udp', 'tcp'].includes(protocol) || !TYPES.includes(type)) return null;
  if (!/^\d{1,10}$/.test(priority) || !/^\d{1,5}$/.test(port) || Number(port) > 0xffff) return null;
  const extensions = new Map<string, string>();
  for (let i = 0; i + 1 < rest.length; i += 2) extensions.set(rest[i], rest[i + 1]);
  return {
    foundation, component: component === '1' ? 'rtp' : 'rtcp', protocol: protocol as RTCIceProtocol,
    priority: Number(priority), address, port: Number(port), type: type as RTCIceCandidateType, extensions,
  };
}

/** W3C RTCIceCandidate. */
export class RTCIceCandidate {
  readonly #candidate: string;
  readonly #sdpMid: string | null;
  readonly #sdpMLineIndex: number | null;
  readonly #usernameFragment: string | null;
  readonly #parsed: Parsed | null;
  readonly #relayProtocol: string | null;
  readonly #url: string | null;

  constructor(candidateInitDict: CandidateInit & { relayProtocol?: string | null; url?: string | null } = {}) {
    const dictionary = toDictionary(candidateInitDict, 'RTCLocalIceCandidateInit', [...INIT_MEMBERS, 'relayProtocol', 'url']);
    const { relayProtocol, url } = dictionary;
    const init = toCandidateInit(dictionary);
    if (init.sdpMid === null && init.sdpMLineIndex === null) {
      throw new TypeError('RTCIceCandidate: sdpMid and sdpMLineIndex are both null');
    }
    this.#candidate = init.candidate;
    this.#sdpMid = init.sdpMid;
    this.#sdpMLineIndex = init.sdpMLineIndex;
    this.#parsed = init.candidate === '' ? null : parse(init.candidate);
    this.#usernameFragment = init.usernameFragment ?? this.#parsed?.extensions.get('ufrag') ?? null;
    this.#relayProtocol = relayProtocol === undefined || relayProtocol === null ? null
      : toEnum(relayProtocol as string, RELAY_PROTOCOLS, 'RTCLocalIceCandidateInit.relayProtocol');
    this.#url = url === undefined || url === null ? null : toUSVString(url);
  }

  get candidate(): string { return this.#candidate; }
  get sdpMid(): string | null { return this.#sdpMid; }
  get sdpMLineIndex(): number | null { return this.#sdpMLineIndex; }
  get foundation(): string | null { return this.#parsed?.foundation ?? null; }
  get component(): RTCIceComponent | null { return this.#parsed?.component ?? null; }
  get priority(): number | null { return this.#parsed?.priority ?? null; }
  get address(): string | null { return this.#parsed?.address ?? null; }
  get protocol(): RTCIceProtocol | null { return this.#parsed?.protocol ?? null; }
  get port(): number | null { return this.#parsed?.port ?? null; }
  get type(): RTCIceCandidateType | null { return this.#parsed?.type ?? null; }
  get tcpType(): RTCIceTcpCandidateType | null {
    const type = this.#parsed?.extensions.get('tcptype');
    return TCP_TYPES.find((known) => known === type) ?? null;
  }
  get relatedAddress(): string | null { return this.#parsed?.extensions.get('raddr') ?? null; }
  get relatedPort(): number | null {
    const port = this.#parsed?.extensions.get('rport');
    return port === undefined ? null : Number(port);
  }
  get usernameFragment(): string | null { return this.#usernameFragment; }
  get relayProtocol(): string | null { return this.#relayProtocol; }
  get url(): string | null { return this.#url; }

  toJSON(): CandidateInit {
    return {
      candidate: this.#candidate,
      sdpMid: this.#sdpMid,
      sdpMLineIndex: this.#sdpMLineIndex,
      usernameFragment: this.#usernameFragment,
    };
  }
}
defineInterface(RTCIceCandidate, 'RTCIceCandidate');

/** RTCIceCandidateInit; a null candidate is an empty one. */
export function toCandidateInit(value: unknown): Required<CandidateInit> {
  const { candidate, sdpMLineIndex, sdpMid, usernameFragment } = toDictionary(value, 'RTCIceCandidateInit', INIT_MEMBERS);
  return {
    candidate: candidate === undefined ? '' : toDOMString(candidate),
    sdpMLineIndex: sdpMLineIndex === undefined || sdpMLineIndex === null ? null : toUnsignedShort(sdpMLineIndex),
    sdpMid: sdpMid === undefined || sdpMid === null ? null : toDOMString(sdpMid),
    usernameFragment: usernameFragment === undefined || usernameFragment === null ? null : toDOMString(usernameFragment),
  };
}

/** The candidate of the contract. */
export function candidateFromApi(candidate: IceCandidate): RTCIceCandidate {
  const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null, relayProtocol, url } = candidate;
  const known = sdpMid !== null || sdpMLineIndex !== null;
  return new RTCIceCandidate({
    candidate: candidate.candidate, sdpMid, sdpMLineIndex: known ? sdpMLineIndex : 0, usernameFragment,
    relayProtocol: relayProtocol || null, url: url || null,
  });
}
