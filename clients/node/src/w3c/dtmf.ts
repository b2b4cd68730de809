// RTCDTMFSender.
import { exception } from './errors';
import { RTCDTMFToneChangeEvent } from './events';
import type { SenderCore } from './sender';
import { duration } from '../time';
import { defineEventHandlers, defineInterface, guardConstructor, INTERNAL, requireArguments, toDOMString, toUnsignedLong, type Handler } from './webidl';

const TONES = /^[0-9A-D*#,]*$/;
const MAX_TONES = 1024; // What the service takes.
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export class DtmfCore {
  toneBuffer = '';
  // Calls that are not answered yet.
  #inserting = 0;
  readonly object: RTCDTMFSender;

  constructor(readonly sender: SenderCore) {
    this.object = new RTCDTMFSender(INTERNAL, this);
  }

  /** A tone begins; none: all have been sent. Those of what was inserted before may come late. */
  onTone(tone: string): void {
    if (tone === '' && this.#inserting === 0) this.toneBuffer = '';
    else if (tone !== '' && this.toneBuffer.startsWith(tone)) this.toneBuffer = this.toneBuffer.slice(tone.length);
    this.object.dispatchEvent(new RTCDTMFToneChangeEvent('tonechange', { tone }));
  }

  /** W3C "determine if DTMF can be sent" (7.3). */
  get canInsert(): boolean {
    const { transceiver, track, encodings } = this.sender;
    if (transceiver.connection.connectionState !== 'connected' || transceiver.stopping || transceiver.stopped) return false;
    if (track === null || !encodings[0].active) return false;
    // None while nothing is sent.
    return this.sender.parameters().codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'audio/telephone-event');
  }

  insert(tones: string, length: number, gap: number): void {
    if (!this.canInsert) throw exception('InvalidStateError', 'no tones can be sent now');
    const upper = tones.toUpperCase();
    if (!TONES.test(upper)) throw exception('InvalidCharacterError', `'${tones}' has characters that are no tones`);
    if (upper.length > MAX_TONES) throw exception('OperationError', `more than ${MAX_TONES} tones`);
    this.toneBuffer = upper;
    const { connection } = this.sender.transceiver;
    ++this.#inserting;
    // What has changed until their turn comes ends them silently, as it ends their playing.
    connection.session.call((peerConnectionId, inOrder) => connection.session.client.peerConnections.insertDtmf({
      peerConnectionId, senderId: this.sender.id(), tones: upper,
      duration: duration(clamp(length, 40, 6000)), interToneGap: duration(clamp(gap, 30, 6000)),
    }, inOrder)).catch(() => {}).then(() => --this.#inserting);
  }
}

let dtmfCore: (value: any) => DtmfCore;

/** W3C RTCDTMFSender. */
export class RTCDTMFSender extends EventTarget {
  readonly #core: DtmfCore;
  static {
    dtmfCore = (value) => value.#core;
  }

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    super();
    this.#core = args[1] as DtmfCore;
  }

  get canInsertDTMF(): boolean { return this.#core.canInsert; }
  get toneBuffer(): string { return this.#core.toneBuffer; }
  insertDTMF(tones: string, duration: number = 100, interToneGap: number = 70): void {
    requireArguments('insertDTMF', arguments.length, 1);
    this.#core.insert(toDOMString(tones), toUnsignedLong(duration), toUnsignedLong(interToneGap));
  }
}
export interface RTCDTMFSender {
  ontonechange: Handler;
}
defineEventHandlers(RTCDTMFSender, (object) => dtmfCore(object), ['tonechange']);
defineInterface(RTCDTMFSender, 'RTCDTMFSender');
