// RTCRtpCodec: conversion, and whether a codec may be preferred or asked for.
import type { RtpCapabilities } from '../gen/contract';
import { exception } from './errors';
import { toDictionary, toDOMString, toUnsignedLong, toUnsignedShort } from './webidl';

/** A codec, as the contract has it: 0 channels and an empty line are none. */
export interface Codec {
  mimeType: string;
  clockRate: number;
  channels: number;
  sdpFmtpLine: string;
}

/** What the service can send and receive of a kind; null or absent: it does not tell. */
export interface KindCapabilities {
  sender: RtpCapabilities | null;
  receiver: RtpCapabilities | null;
}

/** W3C RTCRtpCodec. */
export function toCodec(value: unknown): Codec {
  const init = toDictionary(value, 'RTCRtpCodec', ['channels', 'clockRate', 'mimeType', 'sdpFmtpLine']);
  if (init.mimeType === undefined || init.clockRate === undefined) throw new TypeError('RTCRtpCodec: mimeType and clockRate are required');
  return {
    channels: init.channels === undefined ? 0 : toUnsignedShort(init.channels),
    clockRate: toUnsignedLong(init.clockRate),
    mimeType: toDOMString(init.mimeType),
    sdpFmtpLine: init.sdpFmtpLine === undefined ? '' : toDOMString(init.sdpFmtpLine),
  };
}

const AUXILIARY = /\/(rtx|red|ulpfec|flexfec-03|cn|telephone-event)$/i;

const isSame = (some: Codec, other: Codec): boolean => some.mimeType.toLowerCase() === other.mimeType.toLowerCase() &&
  some.clockRate === other.clockRate && some.channels === other.channels && some.sdpFmtpLine === other.sdpFmtpLine;
const isAmong = (list: Codec[]) => (codec: Codec): boolean => list.some((known) => isSame(codec, known));

/**
 * W3C WebRTC 1.0, 5.4, setCodecPreferences: what can be sent or received, and some media for either way. Tones and comfort
 * noise are no media to the service.
 */
export function checkPreferences(codecs: Codec[], { sender, receiver }: Partial<KindCapabilities>): void {
  if (!sender || !receiver || codecs.length === 0) return; // Without capabilities the service decides alone.
  for (const side of [sender, receiver]) {
    if (codecs.filter(isAmong(side.codecs)).every(({ mimeType }) => AUXILIARY.test(mimeType))) {
      throw exception('InvalidModificationError', 'no codec for media is among the preferences');
    }
  }
  if (!codecs.every((codec) => isAmong(sender.codecs)(codec) || isAmong(receiver.codecs)(codec))) {
    throw exception('InvalidModificationError', 'a codec is not among the capabilities');
  }
}

/**
 * A codec of one encoding: the specification says which may be asked for, and the service sends a track as its source has
 * it, with any encoding.
 * @param choosable What may be asked for; undefined: unknown.
 * @param name Of the exception for others.
 */
export function checkEncodingCodecs(
  encodings: Array<{ codec?: Codec }>, choosable: Codec[] | undefined, name: 'OperationError' | 'InvalidModificationError',
): void {
  const asked = encodings.flatMap(({ codec }) => codec ?? []);
  // Descriptions do not say that a codec has one channel.
  const plain = (codec: Codec): Codec => ({ ...codec, channels: codec.channels || 1 });
  for (const codec of asked) {
    if (choosable && !isAmong(choosable.map(plain))(plain(codec))) throw exception(name, `encodings: '${codec.mimeType}' cannot be chosen`);
  }
  if (asked.length > 0) throw exception('NotSupportedError', 'encodings: a codec of one encoding is not supported; see setCodecPreferences');
}
