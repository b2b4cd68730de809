// RTCRtpParameters: conversions, validation, and what the descriptions say.
import { isDeepStrictEqual } from 'node:util';
import { checkEncodingCodecs, toCodec, type Codec } from './codecs';
import { codecsOf, headerExtensionsOf, sections, type CodecView } from './sdp_view';
import type { RtpEncodingParameters } from '../gen/contract';
import { toDictionary, toDOMString, toDouble, toSequence, toUnsignedLong, toUnsignedShort } from './webidl';
import { exception } from './errors';
import type { Kind } from './media_stream_track';

export interface EncodingParameters {
  rid?: string;
  active: boolean;
  codec?: Codec;
  maxBitrate?: number;
  maxFramerate?: number;
  scaleResolutionDownBy?: number;
}

export interface RtpParameters {
  headerExtensions: Array<{ uri: string; id: number; encrypted: boolean }>;
  rtcp: { cname?: string; reducedSize: boolean };
  codecs: CodecView[];
}

const RID = /^[A-Za-z0-9_-]{1,255}$/;

/** RTCRtpEncodingParameters. */
export function toEncoding(value: unknown): EncodingParameters {
  const init = toDictionary(value, 'RTCRtpEncodingParameters',
    ['rid', 'active', 'codec', 'maxBitrate', 'maxFramerate', 'scaleResolutionDownBy']);
  const rid = init.rid === undefined ? undefined : toDOMString(init.rid);
  const encoding: EncodingParameters = { active: init.active === undefined ? true : Boolean(init.active) };
  if (rid !== undefined) encoding.rid = rid;
  if (init.codec !== undefined) encoding.codec = toCodec(init.codec);
  if (init.maxBitrate !== undefined) encoding.maxBitrate = toUnsignedLong(init.maxBitrate);
  if (init.maxFramerate !== undefined) encoding.maxFramerate = toDouble(init.maxFramerate, 'maxFramerate');
  if (init.scaleResolutionDownBy !== undefined) {
    encoding.scaleResolutionDownBy = toDouble(init.scaleResolutionDownBy, 'scaleResolutionDownBy');
  }
  return encoding;
}

// What the kind of media does not have is taken out; limits are checked.
function checkValues(encodings: EncodingParameters[], kind: Kind): void {
  for (const encoding of encodings) {
    if (kind === 'audio') {
      delete encoding.scaleResolutionDownBy;
      delete encoding.maxFramerate;
    }
    if ((encoding.scaleResolutionDownBy ?? 1) < 1) throw new RangeError('scaleResolutionDownBy is less than 1');
    if ((encoding.maxFramerate ?? 0) < 0) throw new RangeError('maxFramerate is negative');
  }
}

/** The encodings of a sender that was given none. */
export const defaultEncodings = (kind: Kind): EncodingParameters[] =>
  [{ active: true, ...(kind === 'video' ? { scaleResolutionDownBy: 1 } : {}) }];

const MOST_ENCODINGS = { audio: 1, video: 3 };

/**
 * The validation steps of addTransceiver (W3C WebRTC 1.0, 5.1).
 * @param codecs What can be sent; undefined: unknown.
 */
export function checkSendEncodings(encodings: EncodingParameters[], kind: Kind, codecs: Codec[] | undefined): EncodingParameters[] {
  const rids = encodings.flatMap(({ rid }) => rid ?? []);
  if (rids.some((rid) => !RID.test(rid))) throw new TypeError('sendEncodings: a rid is malformed');
  if (rids.length > 0 && rids.length < encodings.length) throw new TypeError('sendEncodings: some have a rid, and some have none');
  if (new Set(rids).size !== rids.length) throw new TypeError('sendEncodings: a rid is given twice');
  checkValues(encodings, kind);
  checkEncodingCodecs(encodings, codecs, 'OperationError');
  if (encodings.length === 0) return defaultEncodings(kind);
  const scaled = encodings.some(({ scaleResolutionDownBy }) => scaleResolutionDownBy !== undefined);
  if (scaled) for (const encoding of encodings) encoding.scaleResolutionDownBy ??= 1;
  const kept = encodings.slice(0, MOST_ENCODINGS[kind]);
  if (kind === 'video' && !scaled) kept.forEach((encoding, index) => (encoding.scaleResolutionDownBy = 2 ** (kept.length - index - 1)));
  if (kept.length === 1) delete kept[0].rid;
  // Layers need names to be told from each other; the service would give these.
  else kept.forEach((encoding, index) => (encoding.rid ??= String(index)));
  return kept;
}

/**
 * The validation steps of setParameters (W3C WebRTC 1.0, 5.2), after those about what is read-only.
 * @param codecs What may be chosen; undefined: unknown.
 */
export function checkEncodings(encodings: EncodingParameters[], kind: Kind, codecs: Codec[] | undefined): void {
  checkValues(encodings, kind);
  checkEncodingCodecs(encodings, codecs, 'InvalidModificationError');
  if (kind === 'video') for (const encoding of encodings) encoding.scaleResolutionDownBy ??= 1;
}

/** The encodings of a sender, as the service says. */
export function fromApiEncodings(encodings: RtpEncodingParameters[]): EncodingParameters[] {
  return encodings.map(({ rid, active, maxBitrate, maxFramerate, scaleResolutionDownBy }) => ({
    ...(rid ? { rid } : {}),
    active: active ?? true,
    ...(maxBitrate === undefined ? {} : { maxBitrate }),
    ...(maxFramerate === undefined ? {} : { maxFramerate }),
    ...(scaleResolutionDownBy === undefined ? {} : { scaleResolutionDownBy }),
  }));
}

/** Whether two senders' encodings are the same layers, whatever is set of them. */
export const sameLayers = (some: EncodingParameters[], others: EncodingParameters[]): boolean =>
  some.length === others.length && some.every(({ rid }, index) => rid === others[index].rid);

const MEMBERS = ['codecs', 'headerExtensions', 'rtcp', 'encodings', 'transactionId'] as const;

function toHeaderExtension(value: unknown): RtpParameters['headerExtensions'][number] {
  const { encrypted, id, uri } = toDictionary(value, 'RTCRtpHeaderExtensionParameters', ['encrypted', 'id', 'uri']);
  if (id === undefined || uri === undefined) throw new TypeError('RTCRtpHeaderExtensionParameters: id and uri are required');
  return { encrypted: Boolean(encrypted), id: toUnsignedShort(id), uri: toDOMString(uri) };
}

function toRtcp(value: unknown): { cname?: string; reducedSize?: boolean } {
  const { cname, reducedSize } = toDictionary(value, 'RTCRtcpParameters', ['cname', 'reducedSize']);
  return {
    ...(cname === undefined ? {} : { cname: toDOMString(cname) }),
    ...(reducedSize === undefined ? {} : { reducedSize: Boolean(reducedSize) }),
  };
}

function toCodecParameters(value: unknown): Codec & { payloadType: number } {
  const codec = toCodec(value);
  const { payloadType } = toDictionary(value, 'RTCRtpCodecParameters', ['payloadType']);
  if (payloadType === undefined) throw new TypeError('RTCRtpCodecParameters: payloadType is required');
  return { ...codec, payloadType: toUnsignedLong(payloadType) & 0xff };
}

/** RTCRtpSendParameters. */
export function toSendParameters(value: unknown): { readOnly: object; encodings: EncodingParameters[]; transactionId: string } {
  const init = toDictionary(value, 'RTCRtpSendParameters', MEMBERS);
  for (const member of MEMBERS) {
    if (init[member] === undefined) throw new TypeError(`RTCRtpSendParameters: the member ${member} is required`);
  }
  const readOnly = {
    codecs: toSequence(init.codecs, 'RTCRtpSendParameters.codecs', toCodecParameters),
    headerExtensions: toSequence(init.headerExtensions, 'RTCRtpSendParameters.headerExtensions', toHeaderExtension),
    rtcp: toRtcp(init.rtcp),
  };
  const encodings = toSequence(init.encodings, 'RTCRtpSendParameters.encodings', toEncoding);
  return { readOnly, encodings, transactionId: toDOMString(init.transactionId) };
}

/** Throws InvalidModificationError if anything was changed that is read-only; both sides are converted. */
export function checkUnchanged(before: ReturnType<typeof toSendParameters>, after: ReturnType<typeof toSendParameters>): void {
  const rids = ({ encodings }: { encodings: EncodingParameters[] }): Array<string | null> => encodings.map(({ rid }) => rid ?? null);
  if (!isDeepStrictEqual([before.readOnly, before.transactionId, rids(before)], [after.readOnly, after.transactionId, rids(after)])) {
    throw exception('InvalidModificationError', 'the parameters are not those that getParameters returned');
  }
}

/** An answer that is in force, and whose it is. */
export interface Answer {
  sdp: string;
  ours: boolean;
}

/** A direction of a section, of ours. */
export interface Flow {
  mid: string | null;
  sends: boolean;
  /** Whether it was negotiated that media flows. */
  active: boolean;
}

/** What was negotiated for a direction of a section; all empty before, and while nothing flows. */
export function negotiated(answer: Answer | null, { mid, sends, active }: Flow): RtpParameters {
  const section = mid === null ? undefined : sections(answer?.sdp ?? '').find((found) => found.mid === mid);
  if (!answer || !section || section.rejected) return { headerExtensions: [], rtcp: { reducedSize: false }, codecs: [] };
  return {
    headerExtensions: active ? headerExtensionsOf(section, sends === answer.ours) : [],
    rtcp: { reducedSize: section.lines.includes('a=rtcp-rsize') },
    codecs: active ? codecsOf(section) : [],
  };
}
