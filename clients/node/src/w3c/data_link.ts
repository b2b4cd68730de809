// All data channels of one connection, over one stream of the service.
import { PeerConnectionError } from '../errors';
import type { DataChannel, Event as ApiEvent, StreamRequestInput, StreamResponse } from '../gen/contract';
import type { BidiStream } from '../streams';
import { ChannelCore, parametersFromApi, type ChannelOwner } from './data_channel';
import { DataSender, type Payload } from './data_sender';
import { fromApi } from './enums';
import { exception, RTCError, toException, type ErrorDetail } from './errors';
import { Fifo } from './fifo';
import type { Session } from './session';
import { queueNext, queueTask } from './tasks';

type Stream = BidiStream<StreamRequestInput, StreamResponse>;

const RECEIVE_CREDIT = 4 << 20;
// Credit is given back a quarter at a time.
const CREDIT_STEP = RECEIVE_CREDIT / 4;
// So many responses of the service may wait for their turn; meanwhile no other is read, and it is held back.
const MAX_UNHANDLED = 1_024;
const DRAIN_POLL_MS = 20;
const FIRST_REOPEN_MS = 50;
const MAX_REOPEN_MS = 1_000;
// Where the DTLS server's ids begin at the service: some peers number theirs from 1, whatever their role is.
const FIRST_SERVER_ID = 65;

interface Entry {
  core: ChannelCore;
  sender: DataSender;
  refreshing: boolean;
  refreshAgain: boolean;
  draining: boolean;
}

/** Who numbers channels with even ids (the client) and with odd ones (RFC 8832, 6). */
export type DtlsRole = 'client' | 'server';

/** What the link asks of its connection. */
export interface LinkListener {
  maxMessageSize(): number;
  /** SCTP stream ids are below. */
  maxChannels(): number;
  /** Whether the SCTP transport has begun, as far as the user knows. */
  sctpStarted(): boolean;
  onRemoteChannel(channel: ChannelCore): void;
}

export class DataLink implements ChannelOwner {
  // W3C [[DocumentOrigin]], as messages have it; without a document it is opaque (HTML, 7.1.1).
  readonly origin = (globalThis as { location?: { origin?: string } }).location?.origin ?? 'null';
  readonly #session: Session;
  readonly #listener: LinkListener;
  readonly #channels = new Map<string, Entry>();
  // Ids of those that ended here with a stream, and may live on at the service until it has heard of it.
  readonly #abandoned = new Set<string>();
  #role: DtlsRole | null = null;
  #stream: Stream | null = null;
  #opening = false;
  // Whether a stream has ended before this one.
  #reopened = false;
  #closed = false;
  #lost: { cause: unknown } | null = null;
  readonly #early = new Fifo<StreamResponse>();
  // Responses that were read, and wait for their turn.
  #unhandled = 0;
  #readOn: () => void = () => {};
  #sendWindow = 0;
  #number = 0;
  #consumed = 0;
  #reopenDelay = FIRST_REOPEN_MS;
  #reopen: NodeJS.Timeout | undefined;

  constructor(session: Session, listener: LinkListener) {
    this.#session = session;
    this.#listener = listener;
  }

  // ---- Channels, as their connection and their users see them.

  maxMessageSize(): number {
    return this.#listener.maxMessageSize();
  }

  /** Takes a channel in; it opens when the service says so. @returns Whether it can live: otherwise it fails. */
  add(core: ChannelCore): boolean {
    const { channelId } = core.parameters;
    const sender = new DataSender(channelId, { write: (request) => this.#write(request) },
      (bytes) => queueTask(() => core.sent(bytes)), (error) => this.fail(core, error), () => void this.#drain(entry));
    const entry: Entry = { core, sender, refreshing: false, refreshAgain: false, draining: false };
    this.#channels.set(channelId, entry);
    if (this.#lost) this.fail(core, this.#lost.cause);
    else this.open();
    return !this.#lost;
  }

  /** SCTP stream ids in use. */
  usedIds(): Set<number> {
    return new Set([...this.#channels.values()].flatMap(({ core }) => (core.id === null ? [] : [core.id])));
  }

  /** The id of a channel that is made now; null before the DTLS role is known. */
  nextId(): number | null {
    if (this.#role === null) return null;
    const id = this.#freeId(this.#role);
    if (id === null) throw exception('OperationError', 'there is no id for another channel');
    return id;
  }

  #freeId(role: DtlsRole): number | null {
    const used = this.usedIds();
    const free = (first: number, end: number): number | null => {
      for (let id = first; id < end; id += 2) if (!used.has(id)) return id;
      return null;
    };
    const limit = this.#listener.maxChannels();
    return role === 'client' ? free(0, limit) : free(FIRST_SERVER_ID, limit) ?? free(1, Math.min(limit, FIRST_SERVER_ID));
  }

  /** The DTLS role is decided (or null: there is none). Channels that the service does not know yet get their ids. */
  setRole(role: DtlsRole | null): void {
    this.#role = role;
    if (role === null) return;
    const parity = role === 'client' ? 0 : 1;
    for (const { core } of this.#channels.values()) {
      if (core.announced || core.parameters.negotiated || (core.id !== null && core.id % 2 === parity)) continue;
      core.id = this.#freeId(role);
    }
  }

  /** The service has given channels their ids. */
  setIds(channels: DataChannel[]): void {
    for (const { dataChannelId, id } of channels) {
      const core = this.#channels.get(dataChannelId)?.core;
      if (core && id !== undefined) core.id = id;
    }
  }

  send(core: ChannelCore, payload: Payload, bytes: number): void {
    this.#channels.get(core.parameters.channelId)?.sender.push(payload, bytes);
  }

  queued(core: ChannelCore): number {
    return this.#channels.get(core.parameters.channelId)?.sender.queued ?? 0;
  }

  close(core: ChannelCore): void {
    const entry = this.#channels.get(core.parameters.channelId);
    if (!entry) return;
    this.#closeGracefully(entry).catch((error) => this.fail(core, error));
  }

  /** The channel cannot live (any more). */
  fail(core: ChannelCore, cause: unknown): void {
    core.error ??= channelError('data-channel-failure', cause);
    queueTask(() => this.#finish(core));
  }

  // What is queued goes first (W3C WebRTC 1.0, 6.2.3). The call that closes must not overtake the messages.
  async #closeGracefully(entry: Entry): Promise<void> {
    const { channelId: dataChannelId } = entry.core.parameters;
    const peerConnectionId = await this.#session.id;
    await entry.sender.whenWritten();
    while (entry.sender.hasUnsent && !this.#closed && this.#channels.has(dataChannelId)) {
      await this.#refreshNow(entry);
      if (entry.sender.hasUnsent) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    if (this.#closed || !this.#channels.has(dataChannelId)) return;
    await this.#session.call((_, inOrder) => this.#session.client.dataChannels.closeDataChannel({ peerConnectionId, dataChannelId }, inOrder))
      .catch((error) => {
        if (error?.reason !== 'DATA_CHANNEL_NOT_FOUND') throw error;
        entry.core.ended.stream = entry.core.ended.log = true;
        queueTask(() => this.#finishIfEnded(entry.core));
      });
  }

  // ---- The stream.

  /** Opens the stream unless it is open. */
  open(): void {
    if (this.#closed || this.#lost || this.#stream || this.#opening) return;
    this.#opening = true;
    clearTimeout(this.#reopen);
    this.#session.id.then((id) => this.#run(id)).catch(() => {}); // The session tells that it is lost.
  }

  async #run(peerConnectionId: string): Promise<void> {
    if (this.#closed) return;
    const stream = this.#session.client.dataChannels.stream();
    this.#stream = stream;
    this.#opening = false;
    this.#number = 0;
    let failure: unknown;
    try {
      await stream.write({ open: { peerConnectionId, initialReceiveCredit: RECEIVE_CREDIT, takeOver: true } });
      for await (const response of stream) {
        ++this.#unhandled;
        queueTask(() => this.#take(response));
        if (this.#unhandled >= MAX_UNHANDLED) await new Promise<void>((resolve) => (this.#readOn = resolve));
      }
    } catch (error) {
      failure = error;
    }
    queueTask(() => this.#onStreamEnd(failure));
  }

  // Messages may be lost with a stream, in either direction: its channels cannot go on as if nothing had happened. Those
  // that are not open yet had none.
  #onStreamEnd(failure: unknown): void {
    this.#stream = null;
    this.#early.clear();
    this.#unhandled = 0; // All that was read before the end has had its turn.
    if (this.#closed || this.#lost || failure === undefined) return;
    // Somebody else wants them: they are his now.
    if (failure instanceof PeerConnectionError && failure.reason === 'STREAM_TAKEN_OVER') {
      this.failAll(failure);
      return;
    }
    this.#reopened = true;
    for (const { core } of [...this.#channels.values()]) {
      if (core.readyState === 'connecting') {
        core.ended.stream = true; // Unless the next one has it: otherwise the log alone tells of its end.
        this.#finishIfEnded(core);
      } else {
        this.#giveUp(core, failure);
      }
    }
    // Channels of the future need a stream, too.
    this.#reopen = setTimeout(() => this.open(), this.#reopenDelay);
    this.#reopenDelay = Math.min(MAX_REOPEN_MS, this.#reopenDelay * 2);
  }

  #giveUp(core: ChannelCore, cause: unknown): void {
    this.fail(core, cause);
    this.#abandoned.add(core.parameters.channelId);
    this.#abandon(core.parameters.channelId);
  }

  // If the service cannot be reached now, the next stream tells that the channel is still there.
  #abandon(dataChannelId: string): void {
    this.#session.call((peerConnectionId, inOrder) =>
      this.#session.client.dataChannels.closeDataChannel({ peerConnectionId, dataChannelId }, inOrder)).catch(() => {});
  }

  #write(request: StreamRequestInput): { number: number; ready: Promise<void> } {
    if (!this.#stream) throw new Error('the stream has ended');
    return { number: ++this.#number, ready: this.#stream.write(request) };
  }

  // Channels open after their transport is connected (W3C WebRTC 1.0, 6.1.1), and that is told by the log of events,
  // which may come later than this stream.
  #take(response: StreamResponse): void {
    const waits = tellsOfOpen(response) && !this.#listener.sctpStarted();
    if (this.#early.length > 0 || waits) this.#early.push(response);
    else this.#handle(response);
  }

  /** The SCTP transport has changed. */
  onSctpChange(): void {
    if (this.#early.length === 0 || !this.#listener.sctpStarted()) return;
    queueTask(() => {
      const response = this.#early.shift();
      if (response) this.#handle(response);
      this.onSctpChange();
    });
  }

  #handle(response: StreamResponse): void {
    if (--this.#unhandled < MAX_UNHANDLED) this.#readOn();
    if (this.#closed) return;
    const { opened, dataChannel, message, sendCredit, refused } = response;
    if (opened) {
      this.#reopenDelay = FIRST_REOPEN_MS;
      this.#sendWindow = opened.initialSendCredit;
      for (const channel of opened.dataChannels) this.#onChannel(channel, this.#reopened);
    }
    if (dataChannel) this.#onChannel(dataChannel);
    if (sendCredit) this.#channels.get(sendCredit.dataChannelId)?.sender.addCredit(sendCredit.bytes);
    if (message?.message) this.#onMessage(message.dataChannelId, message.message.text ?? message.message.binary ?? '');
    if (refused) this.#onRefused(refused.dataChannelId, refused.messageNumber, refused.reason, refused.description);
  }

  // `again`: on another stream than before, which may have had messages of it.
  #onChannel(channel: DataChannel, again = false): void {
    const state = fromApi<string>(channel.readyState, 'DATA_CHANNEL_STATE');
    if (this.#abandoned.has(channel.dataChannelId)) {
      if (state === 'closed') this.#abandoned.delete(channel.dataChannelId);
      else if (state !== 'closing') this.#abandon(channel.dataChannelId);
      return;
    }
    let entry = this.#channels.get(channel.dataChannelId);
    if (!entry) {
      if (!channel.openedByRemote || state === 'closed') return;
      const core = new ChannelCore(this, parametersFromApi(channel), 'open');
      this.add(core);
      entry = this.#channels.get(channel.dataChannelId) as Entry;
      entry.sender.open(this.#sendWindow);
      this.#listener.onRemoteChannel(core);
      queueNext(() => core.announceOpen());
    }
    const { core, sender } = entry;
    if (again && core.readyState === 'connecting' && state === 'open' && channel.counters?.messagesReceived) {
      this.#giveUp(core, new Error('messages may have been lost with the way to the service'));
      return;
    }
    core.ended.stream = false;
    // Before the description's task it is not to be seen.
    if (this.#role !== null || state === 'open') core.id = channel.id ?? core.id;
    if (state === 'open' && core.readyState === 'connecting') {
      sender.open(this.#sendWindow);
      core.announceOpen();
    }
    if (state === 'closing') core.startClosing();
    if (state === 'closed') {
      core.ended.stream = true;
      this.#finishIfEnded(core);
    }
  }

  #onMessage(channelId: string, data: string | Buffer): void {
    this.#channels.get(channelId)?.core.deliver(data);
    this.#consumed += Math.max(1, Buffer.byteLength(data));
    if (this.#consumed < CREDIT_STEP) return;
    const receiveCredit = this.#consumed;
    this.#consumed = 0;
    this.#stream?.write({ receiveCredit }).catch(() => {}); // The reading loop meets the same error.
  }

  #onRefused(channelId: string, number: number, reason: string, description: string): void {
    const entry = this.#channels.get(channelId);
    if (!entry?.sender.refused(number)) return;
    // One that is closing refuses what comes late, as the specification has it; otherwise a message is missing now.
    if (reason === 'DATA_CHANNEL_NOT_OPEN' || reason === 'DATA_CHANNEL_NOT_FOUND') return;
    entry.core.error ??= channelError('data-channel-failure', new Error(`${reason}: ${description}`));
    this.close(entry.core);
    entry.core.startClosing();
  }

  // ---- What the log of events tells.

  onEvent(event: ApiEvent): void {
    if (event.dataChannelError) {
      const { dataChannelId, errorDetail, errorText, sctpCauseCode } = event.dataChannelError;
      const core = this.#channels.get(dataChannelId)?.core;
      const detail = (errorDetail || 'data-channel-failure') as ErrorDetail;
      if (core) core.error = new RTCError({ errorDetail: detail, sctpCauseCode }, errorText);
    } else if (event.dataChannelClose?.dataChannel) {
      const core = this.#channels.get(event.dataChannelClose.dataChannel.dataChannelId)?.core;
      if (core) core.ended.log = true;
      if (core) this.#finishIfEnded(core);
    } else if (event.dataChannelBufferedAmountLow) {
      const entry = this.#channels.get(event.dataChannelBufferedAmountLow.dataChannelId);
      if (entry) void this.#refresh(entry);
    }
  }

  /** Events are missing; these are the channels that there are now. */
  onSnapshot(channels: DataChannel[]): void {
    const alive = new Set(channels.map(({ dataChannelId }) => dataChannelId));
    for (const { core } of [...this.#channels.values()]) {
      if (alive.has(core.parameters.channelId) || core.readyState === 'connecting') continue;
      core.ended.log = true;
      this.#finishIfEnded(core);
    }
  }

  // The stream gives credit back in large steps; that a channel's buffer has run empty is an event, and how much of what
  // was written had arrived by then is in the channel's counters.
  async #refresh(entry: Entry): Promise<void> {
    if (entry.refreshing) {
      entry.refreshAgain = true;
      return;
    }
    entry.refreshing = true;
    try {
      do {
        entry.refreshAgain = false;
        if (entry.sender.hasUnsent && !this.#closed) await this.#refreshNow(entry);
      } while (entry.refreshAgain);
    } catch {
      // The channel or the service is gone, which others tell.
    } finally {
      entry.refreshing = false;
    }
  }

  // Many messages are at the service, maybe too few bytes for credit to come back: its counters tell what has left.
  async #drain(entry: Entry): Promise<void> {
    if (entry.draining) return;
    entry.draining = true;
    while (entry.sender.isFull && !this.#closed) {
      await this.#refresh(entry);
      if (entry.sender.isFull) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    entry.draining = false;
  }

  async #refreshNow({ core, sender }: Entry): Promise<void> {
    const peerConnectionId = await this.#session.id;
    const { dataChannel } = await this.#session.client.dataChannels.getDataChannel(
      { peerConnectionId, dataChannelId: core.parameters.channelId });
    if (dataChannel?.counters) sender.sentInAll(dataChannel.counters.bytesSent - dataChannel.bufferedAmount);
  }

  // ---- Ends.

  #finishIfEnded(core: ChannelCore): void {
    if (core.ended.stream && core.ended.log) this.#finish(core);
  }

  #finish(core: ChannelCore): void {
    const entry = this.#channels.get(core.parameters.channelId);
    if (!entry || this.#closed) return;
    this.#channels.delete(core.parameters.channelId);
    entry.sender.stop();
    core.finish();
  }

  /** The connection is lost, or its data channels are. */
  failAll(cause: unknown): void {
    for (const { core } of [...this.#channels.values()]) this.fail(core, cause);
    this.#lost = { cause };
    clearTimeout(this.#reopen);
  }

  /** The connection was closed: all channels are, and no event tells. */
  closeAll(): void {
    this.#closed = true;
    clearTimeout(this.#reopen);
    for (const { core, sender } of this.#channels.values()) {
      core.readyState = 'closed';
      sender.stop();
    }
    this.#channels.clear();
    this.#stream?.cancel();
    this.#readOn();
  }
}

const tellsOfOpen = ({ opened, dataChannel, message }: StreamResponse): boolean =>
  message !== undefined ||
  [dataChannel, ...(opened?.dataChannels ?? [])].some((channel) => channel?.readyState === 'DATA_CHANNEL_STATE_OPEN');

function channelError(errorDetail: ErrorDetail, cause: unknown): RTCError {
  const reason = toException(cause);
  const error = new RTCError({ errorDetail }, reason instanceof Error ? reason.message : String(reason));
  Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}
