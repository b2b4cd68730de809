// RTCRtpTransceiver.
import type { RtpTransceiver, RtpTransceiverDirection } from '../gen/contract';
import type { CallOptions } from '../methods';
import { checkPreferences, toCodec, type Codec } from './codecs';
import type { Background, ConnectionCore } from './core';
import { fromApi, toApi } from './enums';
import { exception } from './errors';
import type { Kind, TrackCore } from './media_stream_track';
import { fromApiEncodings, type EncodingParameters } from './parameters';
import { ReceiverCore, type RTCRtpReceiver } from './receiver';
import { SenderCore, type RTCRtpSender } from './sender';
import { queueTask } from './tasks';
import {
  defineInterface, guardConstructor, INTERNAL, requireArguments, toDOMString, toEnum, toSequence,
} from './webidl';

export const DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive', 'stopped'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface TransceiverInit {
  direction: Direction;
  streams: string[];
  encodings: EncodingParameters[];
}

/** Calls that change a transceiver; with what the service says of it then. */
export type Change = (id: string, inOrder?: CallOptions) => Promise<RtpTransceiver | null>;

export class TransceiverCore {
  readonly connection: ConnectionCore;
  readonly id: string;
  readonly kind: Kind;
  readonly sender: SenderCore;
  readonly receiver: ReceiverCore;
  readonly object: RTCRtpTransceiver;
  mid: string | null = null;
  direction: Direction;
  currentDirection: Direction | null = null;
  /** W3C [[PreferredCodecs]]. */
  preferredCodecs: Codec[] = [];
  stopping = false;
  stopped = false;
  /** Calls that make it, or change its direction, and are not answered yet: what the service says is older than they. */
  pending = 0;
  /** Whether the service has listed it. */
  listed = false;
  // What the last answer said, until the event that says so has come: those before it are older.
  #awaited: string | null = null;

  /** @param remoteTrackId Of one that the service has made. */
  constructor(connection: ConnectionCore, id: string, kind: Kind, track: TrackCore | null, init: TransceiverInit, remoteTrackId?: string) {
    this.connection = connection;
    this.id = id;
    this.kind = kind;
    this.direction = init.direction;
    this.sender = new SenderCore(this, track, init.streams, init.encodings);
    this.receiver = new ReceiverCore(this, remoteTrackId);
    if (remoteTrackId === undefined) {
      // Chosen here, so that calls can name them before the service has answered.
      this.sender.serviceId = `sender-${id}`;
      this.receiver.id = `receiver-${id}`;
    }
    this.object = new RTCRtpTransceiver(INTERNAL, this);
  }

  /**
   * Takes what the service says; `settled`: in an answer, or a snapshot, after which no event comes that happened before; not
   * in an event, which may be older than the last answer.
   */
  update(transceiver: RtpTransceiver, settled: boolean): void {
    if (this.stopped) return;
    if (settled || JSON.stringify(transceiver) === this.#awaited) this.#awaited = null;
    const { sender, receiver } = transceiver;
    this.mid = transceiver.mid ?? null;
    if (sender) {
      this.sender.serviceId = sender.senderId;
      this.sender.transportId = sender.transportId;
      this.sender.updateEncodings(fromApiEncodings(sender.encodings));
    }
    if (receiver) {
      this.receiver.id = receiver.receiverId;
      this.receiver.trackId = this.receiver.track.serviceId = receiver.trackId;
      this.receiver.transportId = receiver.transportId;
    }
    const current = transceiver.currentDirection;
    this.currentDirection = current.endsWith('_UNSPECIFIED') ? null : fromApi<Direction>(current, 'RTP_TRANSCEIVER_DIRECTION');
    if (this.currentDirection === 'sendrecv' || this.currentDirection === 'sendonly') this.sender.hasSent = true;
    const direction = fromApi<Direction>(transceiver.direction, 'RTP_TRANSCEIVER_DIRECTION');
    if (direction === 'stopped' && !transceiver.stopping) this.stop();
    else if (transceiver.stopping) this.startStopping();
    else if (this.pending === 0 && this.#awaited === null && !this.stopping) this.direction = direction;
  }

  /** Makes a call that changes it. */
  change(operation: Change, { refused = () => {}, alone = false }: Pick<Background<unknown>, 'refused' | 'alone'> = {}): Promise<void> {
    ++this.pending;
    return this.connection.background(operation, {
      alone,
      settle: (transceiver) => {
        --this.pending;
        if (!transceiver || this.connection.closed) return;
        this.update(transceiver, true);
        this.#awaited = JSON.stringify(transceiver);
      },
      refused: () => {
        --this.pending;
        refused();
      },
    });
  }

  setDirection(direction: Direction): void {
    if (this.stopping || this.stopped) throw exception('InvalidStateError', 'the transceiver is stopped');
    if (direction === this.direction) return;
    if (direction === 'stopped') throw new TypeError('direction: use stop()');
    this.direction = direction;
    void this.change(async (peerConnectionId, inOrder) => {
      const { transceiver } = await this.connection.session.client.peerConnections.setTransceiverDirection(
        { peerConnectionId, transceiverId: this.id, direction: toApi<RtpTransceiverDirection>(direction, 'RTP_TRANSCEIVER_DIRECTION') }, inOrder);
      return transceiver;
    });
  }

  /** W3C "stop sending and receiving": what ends at once. */
  startStopping(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.direction = 'stopped';
    queueTask(() => this.receiver.track.end());
  }

  /** Stopped for good. */
  stop(): void {
    this.startStopping();
    this.stopped = true;
    this.currentDirection = 'stopped';
  }

  requestStop(): void {
    if (this.connection.closed) throw exception('InvalidStateError', 'the connection is closed');
    if (this.stopping || this.stopped) return;
    this.startStopping();
    void this.change(async (peerConnectionId, inOrder) => {
      const { transceiver } = await this.connection.session.client.peerConnections.stopTransceiver(
        { peerConnectionId, transceiverId: this.id }, inOrder);
      return transceiver;
    });
  }
}

/** W3C RTCRtpTransceiver. */
export class RTCRtpTransceiver {
  readonly #core: TransceiverCore;

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    this.#core = args[1] as TransceiverCore;
  }

  get mid(): string | null { return this.#core.mid; }
  get sender(): RTCRtpSender { return this.#core.sender.object; }
  get receiver(): RTCRtpReceiver { return this.#core.receiver.object; }
  get direction(): Direction { return this.#core.direction; }
  set direction(value: Direction) {
    const core = this.#core;
    const text = toDOMString(value);
    // A value that is not of the enumeration is ignored (Web IDL, attributes of enumeration types).
    if ((DIRECTIONS as readonly string[]).includes(text)) core.setDirection(toEnum(text, DIRECTIONS, 'direction'));
  }
  get currentDirection(): Direction | null { return this.#core.currentDirection; }

  stop(): void { this.#core.requestStop(); }
  setCodecPreferences(codecs: object[]): void {
    const core = this.#core;
    requireArguments('setCodecPreferences', arguments.length, 1);
    const list = toSequence(codecs, 'setCodecPreferences', toCodec);
    const { connection, id, kind } = core;
    checkPreferences(list, connection.service.capabilities[kind] ?? {});
    core.preferredCodecs = list;
    if (core.stopping || core.stopped) return; // It is in no description any more.
    void core.change(async (peerConnectionId, inOrder) => {
      const { transceiver } = await connection.session.client.peerConnections.setCodecPreferences(
        { peerConnectionId, transceiverId: id, codecs: list }, inOrder);
      return transceiver;
    });
  }
}
defineInterface(RTCRtpTransceiver, 'RTCRtpTransceiver');
