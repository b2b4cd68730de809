// The event interfaces of WebRTC 1.0 and Media Capture.
import { RTCIceCandidate } from './candidate';
import { RTCDataChannel } from './data_channel';
import { RTCError } from './errors';
import { MediaStream } from './media_stream';
import { MediaStreamTrack } from './media_stream_track';
import { RTCRtpReceiver } from './receiver';
import { RTCRtpTransceiver } from './transceiver';
import {
  defineInterface, requireArguments, toDOMString, toDictionary, toSequence, toUnsignedShort, toUSVString,
} from './webidl';

type Init = Record<string, unknown>;

/** A dictionary that inherits EventInit. */
function toEventInit(value: unknown, what: string, members: readonly string[]): EventInit & Init {
  return toDictionary(value, what, ['bubbles', 'cancelable', 'composed', ...members]) as EventInit & Init;
}

function required<T>(init: Init, member: string, name: string): T {
  if (init[member] === undefined) throw new TypeError(`${name}: the member ${member} is required`);
  return init[member] as T;
}

/** A member that is required, and of an interface. */
function requiredOf<T>(of: abstract new (...args: any[]) => T, init: Init, member: string, name: string): T {
  const value = required(init, member, name);
  if (!(value instanceof of)) throw new TypeError(`${name}.${member}: not of ${of.name}`);
  return value;
}

const nullableString = (value: unknown): string | null =>
  value === undefined || value === null ? null : toDOMString(value);

/** W3C RTCPeerConnectionIceEvent. */
export class RTCPeerConnectionIceEvent extends Event {
  readonly #candidate: RTCIceCandidate | null;
  readonly #url: string | null;

  constructor(type: string, eventInitDict: Init = {}) {
    requireArguments('RTCPeerConnectionIceEvent', arguments.length, 1);
    const init = toEventInit(eventInitDict, 'RTCPeerConnectionIceEventInit', ['candidate', 'url']);
    super(type, init);
    const { candidate } = init;
    if (candidate !== undefined && candidate !== null && !(candidate instanceof RTCIceCandidate)) {
      throw new TypeError('RTCPeerConnectionIceEventInit.candidate: not an RTCIceCandidate');
    }
    this.#candidate = candidate ?? null;
    this.#url = nullableString(init.url);
  }

  get candidate(): RTCIceCandidate | null { return this.#candidate; }
  get url(): string | null { return this.#url; }
}
defineInterface(RTCPeerConnectionIceEvent, 'RTCPeerConnectionIceEvent');

/** W3C RTCPeerConnectionIceErrorEvent. */
export class RTCPeerConnectionIceErrorEvent extends Event {
  readonly #address: string | null;
  readonly #port: number | null;
  readonly #url: string;
  readonly #errorCode: number;
  readonly #errorText: string;

  constructor(type: string, eventInitDict: Init) {
    requireArguments('RTCPeerConnectionIceErrorEvent', arguments.length, 2);
    const init = toEventInit(eventInitDict, 'RTCPeerConnectionIceErrorEventInit', ['address', 'errorCode', 'errorText', 'port', 'url']);
    super(type, init);
    this.#address = nullableString(init.address);
    this.#errorCode = toUnsignedShort(required(init, 'errorCode', 'RTCPeerConnectionIceErrorEventInit'));
    this.#errorText = init.errorText === undefined ? '' : toUSVString(init.errorText);
    this.#port = init.port === undefined || init.port === null ? null : toUnsignedShort(init.port);
    this.#url = init.url === undefined ? '' : toDOMString(init.url);
  }

  get address(): string | null { return this.#address; }
  get port(): number | null { return this.#port; }
  get url(): string { return this.#url; }
  get errorCode(): number { return this.#errorCode; }
  get errorText(): string { return this.#errorText; }
}
defineInterface(RTCPeerConnectionIceErrorEvent, 'RTCPeerConnectionIceErrorEvent');

/** W3C RTCTrackEvent. */
export class RTCTrackEvent extends Event {
  readonly #receiver: RTCRtpReceiver;
  readonly #track: MediaStreamTrack;
  readonly #streams: readonly MediaStream[];
  readonly #transceiver: RTCRtpTransceiver;

  constructor(type: string, eventInitDict: Init) {
    requireArguments('RTCTrackEvent', arguments.length, 2);
    const init = toEventInit(eventInitDict, 'RTCTrackEventInit', ['receiver', 'streams', 'track', 'transceiver']);
    super(type, init);
    this.#receiver = requiredOf(RTCRtpReceiver, init, 'receiver', 'RTCTrackEventInit');
    const { streams = [] } = init;
    this.#streams = Object.freeze(toSequence(streams, 'RTCTrackEventInit.streams', (item) => {
      if (!(item instanceof MediaStream)) throw new TypeError('RTCTrackEventInit.streams: not a MediaStream');
      return item;
    }));
    this.#track = requiredOf(MediaStreamTrack, init, 'track', 'RTCTrackEventInit');
    this.#transceiver = requiredOf(RTCRtpTransceiver, init, 'transceiver', 'RTCTrackEventInit');
  }

  get receiver(): RTCRtpReceiver { return this.#receiver; }
  get track(): MediaStreamTrack { return this.#track; }
  get streams(): readonly MediaStream[] { return this.#streams; }
  get transceiver(): RTCRtpTransceiver { return this.#transceiver; }
}
defineInterface(RTCTrackEvent, 'RTCTrackEvent');

/** W3C RTCDataChannelEvent. */
export class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  constructor(type: string, eventInitDict: Init) {
    requireArguments('RTCDataChannelEvent', arguments.length, 2);
    const init = toEventInit(eventInitDict, 'RTCDataChannelEventInit', ['channel']);
    super(type, init);
    this.#channel = requiredOf(RTCDataChannel, init, 'channel', 'RTCDataChannelEventInit');
  }

  get channel(): RTCDataChannel { return this.#channel; }
}
defineInterface(RTCDataChannelEvent, 'RTCDataChannelEvent');

/** W3C RTCDTMFToneChangeEvent. */
export class RTCDTMFToneChangeEvent extends Event {
  readonly #tone: string;

  constructor(type: string, eventInitDict: Init = {}) {
    requireArguments('RTCDTMFToneChangeEvent', arguments.length, 1);
    const init = toEventInit(eventInitDict, 'RTCDTMFToneChangeEventInit', ['tone']);
    super(type, init);
    this.#tone = init.tone === undefined ? '' : toDOMString(init.tone);
  }

  get tone(): string { return this.#tone; }
}
defineInterface(RTCDTMFToneChangeEvent, 'RTCDTMFToneChangeEvent');

/** W3C RTCErrorEvent. */
export class RTCErrorEvent extends Event {
  readonly #error: RTCError;

  constructor(type: string, eventInitDict: Init) {
    requireArguments('RTCErrorEvent', arguments.length, 2);
    const init = toEventInit(eventInitDict, 'RTCErrorEventInit', ['error']);
    super(type, init);
    this.#error = requiredOf(RTCError, init, 'error', 'RTCErrorEventInit');
  }

  get error(): RTCError { return this.#error; }
}
defineInterface(RTCErrorEvent, 'RTCErrorEvent');

/** W3C MediaStreamTrackEvent. */
export class MediaStreamTrackEvent extends Event {
  readonly #track: MediaStreamTrack;

  constructor(type: string, eventInitDict: Init) {
    requireArguments('MediaStreamTrackEvent', arguments.length, 2);
    const init = toEventInit(eventInitDict, 'MediaStreamTrackEventInit', ['track']);
    super(type, init);
    this.#track = requiredOf(MediaStreamTrack, init, 'track', 'MediaStreamTrackEventInit');
  }

  get track(): MediaStreamTrack { return this.#track; }
}
defineInterface(MediaStreamTrackEvent, 'MediaStreamTrackEvent');
