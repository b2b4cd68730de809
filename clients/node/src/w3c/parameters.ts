// RTCRtpParameters: conversions, validation, and what the descriptions say.
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

/**
 * The validation steps of addTransceiver (W3C WebRTC 1.0, 5.1). A sender sends one encoding: of several the first is left,
 * as the steps have it, and what is not done to it yet is a NotSupportedError.
 */
export function checkSendEncodings(encodings: EncodingParameters[], kind: Kind): EncodingParameters[] {
  const rids = encodings.flatMap(({ rid }) => rid ?? []);
  if (rids.some((rid) => !RID.test(rid))) throw new TypeError('sendEncodings: a rid is malformed');
  if (rids.length > 0 && rids.length < encodings.length) throw new TypeError('sendEncodings: some have a rid, and some have none');
  if (new Set(rids).size !== rids.length) throw new TypeError('sendEncodings: a rid is given twice');
  checkValues(encodings, kind);
  const scaled = encodings.some(({ scaleResolutionDownBy }) => scaleResolutionDownBy !== undefined);
  const [first] = encodings;
  if (!first) return defaultEncodings(kind);
  const { rid: _, ...lone } = first;
  if (kind === 'video' || scaled) lone.scaleResolutionDownBy ??= 1;
  const missing = unsupported([lone]);
  if (missing) throw exception('NotSupportedError', `sendEncodings: ${missing}`);
  return [lone];
}

/** The validation steps of setParameters (W3C WebRTC 1.0, 5.2), after those about what is read-only. */
export function checkEncodings(encodings: EncodingParameters[], kind: Kind): void {
  checkValues(encodings, kind);
  if (kind === 'video') for (const encoding of encodings) encoding.scaleResolutionDownBy ??= 1;
  const missing = unsupported(encodings);
  if (missing) throw exception('OperationError', missing);
}

// The service encodes nothing: it passes on what a source delivers, or does not.
function unsupported(encodings: EncodingParameters[]): string | undefined {
  if (encodings.some(({ maxBitrate }) => maxBitrate !== undefined)) return 'maxBitrate is not supported';
  if (encodings.some(({ maxFramerate }) => maxFramerate !== undefined)) return 'maxFramerate is not supported';
  return encodings.some(({ scaleResolutionDownBy = 1 }) => scaleResolutionDownBy !== 1) ? 'video is not scaled' : undefined;
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
