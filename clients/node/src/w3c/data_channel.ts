// RTCDataChannel.
import type { DataChannel } from '../gen/contract';
import type { Payload } from './data_sender';
import { fromApi } from './enums';
import { exception, type RTCError } from './errors';
import { RTCErrorEvent } from './events';
import {
  defineEventHandlers, defineInterface, guardConstructor, INTERNAL, requireArguments, toEnforcedInteger, toUSVString,
  type Handler,
} from './webidl';

/** Most bytes that a channel queues; send() throws an OperationError beyond. */
export const MAX_BUFFERED_AMOUNT = 16 << 20;
/** Most messages that a channel queues, however short they are: the shortest take some 100 bytes each here. */
export const MAX_QUEUED_MESSAGES = 1 << 18;

export type DataChannelState = 'connecting' | 'open' | 'closing' | 'closed';
export type Priority = 'very-low' | 'low' | 'medium' | 'high';

/** What does not change during a channel's life. */
export interface ChannelParameters {
  channelId: string;
  label: string;
  ordered: boolean;
  maxPacketLifeTime: number | null;
  maxRetransmits: number | null;
  protocol: string;
  negotiated: boolean;
  id: number | null;
  priority: Priority;
}

/** What a channel asks of the connection. */
export interface ChannelOwner {
  /** Of the document, serialized. */
  readonly origin: string;
  maxMessageSize(): number;
  send(channel: ChannelCore, payload: Payload, bytes: number): void;
  /** How many messages of the channel have not gone to the service. */
  queued(channel: ChannelCore): number;
  close(channel: ChannelCore): void;
}

/** What our own code knows of a channel and does with it. */
export class ChannelCore {
  readonly parameters: ChannelParameters;
  readonly owner: ChannelOwner;
  readonly object: RTCDataChannel;
  id: number | null;
  readyState: DataChannelState;
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  binaryType: 'blob' | 'arraybuffer' = 'arraybuffer';
  /** Why it will close; told before `close`. */
  error: RTCError | null = null;
  /** A channel is over when both the stream of messages and the log of events say so. */
  readonly ended = { stream: false, log: false };
  /** Whether the service has been asked to make it. */
  announced = false;

  constructor(owner: ChannelOwner, parameters: ChannelParameters, readyState: DataChannelState) {
    this.owner = owner;
    this.parameters = parameters;
    this.id = parameters.id;
    this.readyState = readyState;
    this.object = new RTCDataChannel(INTERNAL, this);
  }

  #fire(event: Event): void {
    this.object.dispatchEvent(event);
  }

  announceOpen(): void {
    if (this.readyState === 'closing' || this.readyState === 'closed') return;
    this.readyState = 'open';
    this.#fire(new Event('open'));
  }

  /** The other side closes it. */
  startClosing(): void {
    if (this.readyState === 'closing' || this.readyState === 'closed') return;
    this.readyState = 'closing';
    this.#fire(new Event('closing'));
  }

  finish(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    if (this.error) this.#fire(new RTCErrorEvent('error', { error: this.error }));
    this.#fire(new Event('close'));
  }

  /** Bytes have left for the network. */
  sent(bytes: number): void {
    const before = this.bufferedAmount;
    this.bufferedAmount -= bytes;
    const threshold = this.bufferedAmountLowThreshold;
    if (before > threshold && this.bufferedAmount <= threshold) this.#fire(new Event('bufferedamountlow'));
  }

  setThreshold(value: unknown): void {
    this.bufferedAmountLowThreshold = toEnforcedInteger(value, 0xffffffff, 'bufferedAmountLowThreshold');
  }

  deliver(data: string | Buffer): void {
    if (this.readyState !== 'open') return; // W3C 6.2: one that is closing takes nothing any more.
    const bytes = typeof data === 'string' ? data : new Uint8Array(data).buffer;
    this.#fire(new MessageEvent('message', {
      origin: this.owner.origin,
      data: typeof bytes === 'string' || this.binaryType === 'arraybuffer' ? bytes : new Blob([bytes]),
    }));
  }

  send(data: unknown): void {
    const { payload, bytes } = toPayload(data);
    if (this.readyState !== 'open') throw exception('InvalidStateError', `the channel is ${this.readyState}, not open`);
    const limit = this.owner.maxMessageSize();
    if (bytes > limit) throw new TypeError(`a message of ${bytes} bytes; the remote takes at most ${limit}`);
    if (this.bufferedAmount + bytes > MAX_BUFFERED_AMOUNT) {
      throw exception('OperationError', `${this.bufferedAmount} bytes are queued; wait for bufferedamountlow`);
    }
    if (this.owner.queued(this) >= MAX_QUEUED_MESSAGES) {
      throw exception('OperationError', `${MAX_QUEUED_MESSAGES} messages are queued; wait for bufferedamountlow`);
    }
    this.bufferedAmount += bytes;
    this.owner.send(this, payload, bytes);
  }

  close(): void {
    if (this.readyState === 'closing' || this.readyState === 'closed') return;
    this.readyState = 'closing';
    this.owner.close(this);
  }
}

const NO_BYTES = new Uint8Array(0);

function toPayload(data: unknown): { payload: Payload; bytes: number } {
  if (data instanceof Blob) return { payload: data.size === 0 ? NO_BYTES : data, bytes: data.size };
  let view: Uint8Array | null = null;
  if (ArrayBuffer.isView(data)) view = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  else if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) view = new Uint8Array(data);
  if (view) return { payload: Buffer.from(view), bytes: view.length }; // A copy: short ones share their memory.
  const text = toUSVString(data);
  return { payload: text, bytes: Buffer.byteLength(text) };
}

/** Parameters of a channel that the remote opened. */
export function parametersFromApi(channel: DataChannel): ChannelParameters {
  return {
    channelId: channel.dataChannelId,
    label: channel.label,
    ordered: channel.ordered,
    maxPacketLifeTime: channel.maxPacketLifeTime ?? null,
    maxRetransmits: channel.maxRetransmits ?? null,
    protocol: channel.protocol,
    negotiated: channel.negotiated,
    id: channel.id ?? null,
    priority: fromApi(channel.priority, 'DATA_CHANNEL_PRIORITY'),
  };
}

let channelCore: (value: any) => ChannelCore;

/** W3C RTCDataChannel. */
export class RTCDataChannel extends EventTarget {
  readonly #core: ChannelCore;
  static {
    channelCore = (value) => value.#core;
  }

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    super();
    this.#core = args[1] as ChannelCore;
  }

  get label(): string { return this.#core.parameters.label; }
  get ordered(): boolean { return this.#core.parameters.ordered; }
  get maxPacketLifeTime(): number | null { return this.#core.parameters.maxPacketLifeTime; }
  get maxRetransmits(): number | null { return this.#core.parameters.maxRetransmits; }
  get protocol(): string { return this.#core.parameters.protocol; }
  get negotiated(): boolean { return this.#core.parameters.negotiated; }
  get id(): number | null { return this.#core.id; }
  get priority(): Priority { return this.#core.parameters.priority; }
  get readyState(): DataChannelState { return this.#core.readyState; }
  get bufferedAmount(): number { return this.#core.bufferedAmount; }
  get bufferedAmountLowThreshold(): number { return this.#core.bufferedAmountLowThreshold; }
  set bufferedAmountLowThreshold(value: number) { this.#core.setThreshold(value); }
  get binaryType(): 'blob' | 'arraybuffer' { return this.#core.binaryType; }
  set binaryType(value: 'blob' | 'arraybuffer') {
    const core = this.#core;
    const text = String(value);
    // A value that is not of the enumeration is ignored (Web IDL, attributes of enumeration types).
    if (text === 'blob' || text === 'arraybuffer') core.binaryType = text;
  }

  close(): void { this.#core.close(); }
  send(data: string | Blob | ArrayBuffer | ArrayBufferView): void {
    const core = this.#core;
    requireArguments('send', arguments.length, 1);
    core.send(data);
  }
}
export interface RTCDataChannel {
  onopen: Handler;
  onbufferedamountlow: Handler;
  onerror: Handler;
  onclosing: Handler;
  onclose: Handler;
  onmessage: Handler;
}
defineEventHandlers(RTCDataChannel, (object) => channelCore(object),
  ['open', 'bufferedamountlow', 'error', 'closing', 'close', 'message']);
defineInterface(RTCDataChannel, 'RTCDataChannel');
