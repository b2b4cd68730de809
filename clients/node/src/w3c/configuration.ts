// RTCConfiguration: validation (W3C WebRTC 1.0, 4.4.1.6) and the contract's form of it.
import type { BundlePolicy, ConfigurationInput, IceTransportPolicy } from '../gen/contract';
import { certificateId, type RTCCertificate } from './certificate';
import { toApi } from './enums';
import { exception } from './errors';
import { toDictionary, toDOMString, toEnforcedInteger, toEnum, toSequence, toUSVString } from './webidl';

export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

/** W3C RTCConfiguration, with all defaults filled in. */
export interface Configuration {
  iceServers: IceServer[];
  iceTransportPolicy: 'all' | 'relay';
  bundlePolicy: 'balanced' | 'max-compat' | 'max-bundle';
  rtcpMuxPolicy: 'require';
  certificates: RTCCertificate[];
  iceCandidatePoolSize: number;
}

const SCHEMES = ['stun', 'stuns', 'turn', 'turns'];
const MAX_SERVERS = 32; // W3C's least.
const MAX_URLS = 64; // Of all servers, at the service.
const MAX_CREDENTIAL_BYTES = 509;

function checkUrl(url: string, username: string | undefined, credential: string | undefined): void {
  const [, scheme, rest] = /^([a-z]+):(.*)$/i.exec(url) ?? [];
  if (!scheme || !SCHEMES.includes(scheme.toLowerCase())) throw exception('SyntaxError', `'${url}' is not a STUN or TURN URL`);
  // RFC 7064, RFC 7065: host, port, and for TURN a transport.
  const found = /^(\[[0-9a-f:.]+\]|[^\s:?/@#[\]]+)(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/i.exec(rest);
  const turn = scheme.toLowerCase().startsWith('turn');
  if (!found || Number(found[2] ?? 1) > 0xffff || (found[3] !== undefined && !turn)) {
    throw exception('SyntaxError', `'${url}' is not a valid URL of its scheme`);
  }
  if (!turn) return;
  if (username === undefined || credential === undefined) {
    throw exception('InvalidAccessError', `'${url}' needs username and credential`);
  }
  if (Buffer.byteLength(username) > MAX_CREDENTIAL_BYTES) throw exception('InvalidAccessError', 'the username is too long');
}

// RTCIceServer, not yet checked.
function toIceServer(value: unknown): IceServer {
  const init = toDictionary(value, 'RTCIceServer', ['credential', 'urls', 'username']);
  if (init.urls === undefined) throw new TypeError('RTCIceServer: the member urls is required');
  const credential = init.credential === undefined ? undefined : toUSVString(init.credential);
  const several = typeof init.urls === 'object' && init.urls !== null;
  const urls = several ? toSequence(init.urls, 'RTCIceServer.urls', toDOMString) : toDOMString(init.urls);
  const username = init.username === undefined ? undefined : toUSVString(init.username);
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}

function checkServer({ urls, username, credential }: IceServer): void {
  if (urls.length === 0 && Array.isArray(urls)) throw exception('SyntaxError', 'RTCIceServer.urls is empty');
  for (const url of [urls].flat()) checkUrl(url, username, credential);
}

function toCertificate(value: unknown): RTCCertificate {
  certificateId(value);
  const certificate = value as RTCCertificate;
  if (certificate.expires < Date.now()) throw exception('InvalidAccessError', 'a certificate has expired');
  return certificate;
}

/** Converts and validates what a user gives. */
export function toConfiguration(value: unknown): Configuration {
  const init = toDictionary(value, 'RTCConfiguration',
    ['bundlePolicy', 'certificates', 'iceCandidatePoolSize', 'iceServers', 'iceTransportPolicy', 'rtcpMuxPolicy']);
  const { iceServers = [], certificates = [] } = init;
  const member = <T extends string>(name: keyof typeof init, preset: T, values: readonly T[]): T =>
    init[name] === undefined ? preset : toEnum(init[name], values, name);
  const converted: Configuration = {
    bundlePolicy: member('bundlePolicy', 'balanced', ['balanced', 'max-compat', 'max-bundle']),
    certificates: toSequence(certificates, 'RTCConfiguration.certificates', toCertificate),
    iceCandidatePoolSize: init.iceCandidatePoolSize === undefined ? 0
      : toEnforcedInteger(init.iceCandidatePoolSize, 255, 'iceCandidatePoolSize'),
    // W3C 4.2.1: what is too many is cut off, whatever it is.
    iceServers: toSequence(iceServers, 'RTCConfiguration.iceServers', toIceServer).slice(0, MAX_SERVERS),
    iceTransportPolicy: member('iceTransportPolicy', 'all', ['all', 'relay']),
    rtcpMuxPolicy: member('rtcpMuxPolicy', 'require', ['require']),
  };
  converted.iceServers.forEach(checkServer);
  return converted;
}

/** Throws unless the change is one that W3C allows after creation. */
export function checkChange(old: Configuration, next: Configuration, localDescriptionSet: boolean): void {
  const refuse = (what: string): never => {
    throw exception('InvalidModificationError', `${what} cannot be changed`);
  };
  if (next.certificates.length > 0) {
    const same = next.certificates.length === old.certificates.length &&
      next.certificates.every((certificate, i) => certificate === old.certificates[i]);
    if (!same) refuse('certificates');
  }
  if (next.bundlePolicy !== old.bundlePolicy) refuse('bundlePolicy');
  if (next.rtcpMuxPolicy !== old.rtcpMuxPolicy) refuse('rtcpMuxPolicy');
  if (localDescriptionSet && next.iceCandidatePoolSize !== old.iceCandidatePoolSize) refuse('iceCandidatePoolSize');
}

/** The configuration of the contract. `balanced` is W3C's default and stands for the service's. */
export function configurationToApi(configuration: Configuration): ConfigurationInput {
  const { iceServers, iceTransportPolicy, bundlePolicy, certificates, iceCandidatePoolSize } = configuration;
  let room = MAX_URLS;
  const servers = iceServers.map(({ urls, username = '', credential = '' }) => {
    const used = [urls].flat().slice(0, room);
    room -= used.length;
    return { urls: used, username, credential };
  });
  return {
    iceServers: servers.filter(({ urls }) => urls.length > 0),
    ...(iceTransportPolicy === 'all' ? {} : { iceTransportPolicy: toApi<IceTransportPolicy>(iceTransportPolicy, 'ICE_TRANSPORT_POLICY') }),
    ...(bundlePolicy === 'balanced' ? {} : { bundlePolicy: toApi<BundlePolicy>(bundlePolicy, 'BUNDLE_POLICY') }),
    certificates: certificates.map((certificate) => ({ certificateId: certificateId(certificate) })),
    iceCandidatePoolSize,
  };
}

/** A copy for the user. */
export function copyOf(configuration: Configuration): Configuration {
  return {
    ...configuration,
    iceServers: configuration.iceServers.map((server) => ({
      ...server, urls: Array.isArray(server.urls) ? [...server.urls] : server.urls,
    })),
    certificates: [...configuration.certificates],
  };
}
