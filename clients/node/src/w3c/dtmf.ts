// RTCDTMFSender.
import { exception } from './errors';
import { RTCDTMFToneChangeEvent } from './events';
import type { SenderCore } from './sender';
import { duration } from '../time';
import { defineEventHandlers, defineInterface, guardConstructor, INTERNAL, requireArguments, toDOMString, toUnsignedLong, type Handler } from './webidl';

const TONES = /^[0-9A-D*#,]*$/;
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export class DtmfCore {
  toneBuffer = '';
  canInsert = false;
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

  insert(tones: string, length: number, gap: number): void {
    const { transceiver } = this.sender;
    if (transceiver.stopped) throw exception('InvalidStateError', 'the transceiver is stopped');
    const direction = transceiver.currentDirection;
    if (direction === 'recvonly' || direction === 'inactive') throw exception('InvalidStateError', 'the transceiver does not send');
    const upper = tones.toUpperCase();
    if (!TONES.test(upper)) throw exception('InvalidCharacterError', `'${tones}' has characters that are no tones`);
    this.toneBuffer = upper;
    const { connection } = transceiver;
    ++this.#inserting;
    void connection.background((peerConnectionId) => connection.session.client.peerConnections.insertDtmf({
      peerConnectionId, senderId: this.sender.id(), tones: upper,
      duration: duration(clamp(length, 40, 6000)), interToneGap: duration(clamp(gap, 30, 6000)),
    })).then(() => --this.#inserting);
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
