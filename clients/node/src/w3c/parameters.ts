// RTCRtpParameters: conversions, validation, and what the descriptions say.
import type { RtpEncodingParameters, RtpEncodingParametersInput } from '../gen/contract';
import { codecsOf, headerExtensionsOf, sections, type CodecView } from './sdp_view';
import { toDictionary, toDOMString, toDouble, toUnsignedLong } from './webidl';
import { exception } from './errors';
import type { Kind } from './media_stream_track';

export interface EncodingParameters {
  rid?: string;
  active: boolean;
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
const MAX_ENCODINGS = { audio: 1, video: 3 };

/** RTCRtpEncodingParameters. */
export function toEncoding(value: unknown): EncodingParameters {
  const init = toDictionary(value, 'RTCRtpEncodingParameters');
  const encoding: EncodingParameters = { active: init.active === undefined ? true : Boolean(init.active) };
  if (init.rid !== undefined) encoding.rid = toDOMString(init.rid);
  if (init.maxBitrate !== undefined) encoding.maxBitrate = toUnsignedLong(init.maxBitrate);
  if (init.maxFramerate !== undefined) encoding.maxFramerate = toDouble(init.maxFramerate, 'maxFramerate');
  if (init.scaleResolutionDownBy !== undefined) {
    encoding.scaleResolutionDownBy = toDouble(init.scaleResolutionDownBy, 'scaleResolutionDownBy');
  }
  return encoding;
}

/** The checks of addTransceiver (W3C WebRTC 1.0, 5.1) and setParameters (5.2). */
export function checkEncodings(encodings: EncodingParameters[], kind: Kind): EncodingParameters[] {
  const rids = encodings.map(({ rid }) => rid);
  if (rids.some((rid) => rid !== undefined && !RID.test(rid))) throw new TypeError('sendEncodings: a rid is malformed');
  if (encodings.length > 1 && rids.includes(undefined)) throw new TypeError('sendEncodings: each of several needs a rid');
  if (new Set(rids).size !== rids.length) throw new TypeError('sendEncodings: a rid is given twice');
  for (const encoding of encodings) {
    if (kind === 'audio') {
      delete encoding.scaleResolutionDownBy;
      delete encoding.maxFramerate;
    }
    if ((encoding.scaleResolutionDownBy ?? 1) < 1) throw new RangeError('scaleResolutionDownBy is less than 1');
    if ((encoding.maxFramerate ?? 0) < 0) throw new RangeError('maxFramerate is negative');
  }
  return encodings.slice(0, MAX_ENCODINGS[kind]);
}

/** The encodings of the contract. Without anything but defaults they are left out: nothing is asked for. */
export function encodingsToApi(encodings: EncodingParameters[]): RtpEncodingParametersInput[] {
  const plain = encodings.every((encoding) => encoding.active && Object.keys(encoding).length === 1);
  return plain ? [] : encodings.map(({ rid = '', ...rest }) => ({ rid, ...rest }));
}

export function encodingFromApi({ rid, active, maxBitrate, maxFramerate, scaleResolutionDownBy }: RtpEncodingParameters): EncodingParameters {
  return Object.fromEntries(Object.entries({
    rid: rid || undefined, active: active ?? true, maxBitrate, maxFramerate, scaleResolutionDownBy,
  }).filter(([, value]) => value !== undefined)) as unknown as EncodingParameters;
}

/** Throws InvalidModificationError if anything but encodings was changed. */
export function checkUnchanged(before: object, after: object): void {
  const rest = (parameters: object): string => {
    const { headerExtensions, rtcp, codecs, encodings } = parameters as Record<string, unknown>;
    const rids = (encodings as EncodingParameters[]).map(({ rid }) => rid ?? null);
    return JSON.stringify([headerExtensions, rtcp, codecs, rids]);
  };
  if (rest(before) !== rest(after)) {
    throw exception('InvalidModificationError', 'read-only parameters were changed');
  }
}

/** What was negotiated for the section with this mid; all empty before. */
export function negotiated(sdp: string | null, mid: string | null): RtpParameters {
  const section = mid === null ? undefined : sections(sdp ?? '').find((found) => found.mid === mid);
  if (!section || section.rejected) return { headerExtensions: [], rtcp: { reducedSize: false }, codecs: [] };
  const cname = section.lines.map((line) => /^a=ssrc:\d+ cname:(.*)$/.exec(line)?.[1]).find((found) => found !== undefined);
  return {
    headerExtensions: headerExtensionsOf(section),
    rtcp: { ...(cname === undefined ? {} : { cname }), reducedSize: section.lines.includes('a=rtcp-rsize') },
    codecs: codecsOf(section),
  };
}
