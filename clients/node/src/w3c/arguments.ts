// Arguments of RTCPeerConnection's methods, converted and checked.
import { toCandidateInit, type CandidateInit } from './candidate';
import type { Codec } from './codecs';
import type { ChannelParameters, Priority } from './data_channel';
import { streamId, type MediaStream } from './media_stream';
import type { Kind } from './media_stream_track';
import { checkSendEncodings, toEncoding, type EncodingParameters } from './parameters';
import { DIRECTIONS, type Direction, type TransceiverInit } from './transceiver';
import { toDictionary, toEnforcedInteger, toEnum, toSequence, toUSVString } from './webidl';

/** W3C RTCDataChannelInit. */
export interface DataChannelInit {
  ordered?: boolean;
  maxPacketLifeTime?: number;
  maxRetransmits?: number;
  protocol?: string;
  negotiated?: boolean;
  id?: number;
  priority?: Priority;
}

/** W3C RTCRtpTransceiverInit. */
export interface TransceiverOptions {
  direction?: Exclude<Direction, 'stopped'>;
  streams?: MediaStream[];
  sendEncodings?: Array<Partial<EncodingParameters>>;
}

/** W3C RTCOfferOptions, with the legacy members. */
export interface OfferOptions {
  iceRestart?: boolean;
  offerToReceiveAudio?: boolean;
  offerToReceiveVideo?: boolean;
}

type ConvertedChannel = Omit<ChannelParameters, 'channelId'>;

const MAX_LABEL_BYTES = 65535;
const PRIORITIES: readonly Priority[] = ['very-low', 'low', 'medium', 'high'];

/** RTCDataChannelInit and the label (W3C WebRTC 1.0, 6.1.1.1; WebRTC Priority Control, 4.2). */
export function toChannelParameters(label: unknown, value: unknown): ConvertedChannel {
  const text = toUSVString(label);
  const init = toDictionary(value, 'RTCDataChannelInit',
    ['id', 'maxPacketLifeTime', 'maxRetransmits', 'negotiated', 'ordered', 'priority', 'protocol']);
  const short = (name: 'id' | 'maxPacketLifeTime' | 'maxRetransmits'): number | null =>
    init[name] === undefined ? null : toEnforcedInteger(init[name], 0xffff, name);
  return {
    label: text,
    id: short('id'),
    maxPacketLifeTime: short('maxPacketLifeTime'),
    maxRetransmits: short('maxRetransmits'),
    negotiated: Boolean(init.negotiated),
    ordered: init.ordered === undefined ? true : Boolean(init.ordered),
    priority: init.priority === undefined ? 'low' : toEnum(init.priority, PRIORITIES, 'priority'),
    protocol: init.protocol === undefined ? '' : toUSVString(init.protocol),
  };
}

/** The checks of createDataChannel (6.1.1.1). */
export function checkChannelParameters(parameters: ConvertedChannel): void {
  for (const part of [parameters.label, parameters.protocol]) {
    if (Buffer.byteLength(part) > MAX_LABEL_BYTES) throw new TypeError('label and protocol have at most 65535 bytes');
  }
  if (!parameters.negotiated) parameters.id = null;
  else if (parameters.id === null) throw new TypeError('a negotiated channel needs an id');
  if (parameters.maxPacketLifeTime !== null && parameters.maxRetransmits !== null) {
    throw new TypeError('maxPacketLifeTime and maxRetransmits exclude each other');
  }
  if (parameters.id === 0xffff) throw new TypeError('the id 65535 does not exist');
}

/** RTCRtpTransceiverInit. */
export function toTransceiverInit(value: unknown): TransceiverInit {
  const init = toDictionary(value, 'RTCRtpTransceiverInit', ['direction', 'sendEncodings', 'streams']);
  const direction = init.direction === undefined ? 'sendrecv' : toEnum(init.direction, DIRECTIONS, 'direction');
  const encodings = init.sendEncodings === undefined ? [] : toSequence(init.sendEncodings, 'sendEncodings', toEncoding);
  const streams = init.streams === undefined ? [] : toSequence(init.streams, 'streams', streamId);
  return { direction, streams: [...new Set(streams)], encodings };
}

/** The checks of addTransceiver (5.1); `codecs`: what can be sent, if that is known. */
export function checkTransceiverInit(init: TransceiverInit, kind: Kind, codecs: Codec[] | undefined): TransceiverInit {
  if (init.direction === 'stopped') throw new TypeError('direction: a transceiver does not begin stopped');
  return { ...init, encodings: checkSendEncodings(init.encodings, kind, codecs) };
}

/** RTCOfferOptions, with the legacy members (4.4.4). */
export function toOfferOptions(value: unknown): { iceRestart: boolean; offerToReceive: Record<Kind, boolean | undefined> } {
  const init = toDictionary(value, 'RTCOfferOptions', ['iceRestart', 'offerToReceiveAudio', 'offerToReceiveVideo']);
  const flag = (member: unknown): boolean | undefined => (member === undefined ? undefined : Boolean(member));
  return {
    iceRestart: Boolean(init.iceRestart),
    offerToReceive: { audio: flag(init.offerToReceiveAudio), video: flag(init.offerToReceiveVideo) },
  };
}

/** The candidate of addIceCandidate; none, null and '' mean the end of candidates. */
export function candidateArguments(value: unknown): Required<CandidateInit> {
  const init = toCandidateInit(value);
  // Some signalling turns what is absent into what is empty.
  const sdpMid = init.sdpMid === '' && init.sdpMLineIndex !== null ? null : init.sdpMid;
  return { ...init, sdpMid, usernameFragment: init.usernameFragment || null };
}
