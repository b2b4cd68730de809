// The client: one channel, and the methods of the five services on it.
import * as grpc from '@grpc/grpc-js';
import { channelCredentials, channelOptions, type SecurityOptions } from './credentials';
import { dropOptionalMarkers, serviceOf, type MethodDefinition } from './definition';
import { toPeerConnectionError } from './errors';
import { follow, type FollowOptions } from './follow';
import type {
  AdminService, DataChannelService, EventService, MediaService, PeerConnectionService, WatchEventsRequestInput, WatchEventsResponse,
} from './gen/contract';
import type { CallOptions } from './methods';
import type { CallOrder } from './order';
import { repeat, repeatably } from './repeat';
import { BidiStream, ServerStream } from './streams';
import { validateMessage } from './validate';

const DEFAULT_TIMEOUT_MS = 30_000;
// Within what the service allows (a ping every 20 s at most) and below the idle timers of usual proxies.
const CHANNEL_OPTIONS: grpc.ChannelOptions = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 1,
  // A service that is there again is found soon.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
};

/** Options of a client. */
export interface ClientOptions extends SecurityOptions {
  /** `host:port`, or any gRPC target name. */
  address: string;
  /** Deadline of unary calls that give none. Unset: 30 s. */
  timeoutMs?: number;
  /**
   * Longest time without the service, in milliseconds. So long a unary call that met a disconnect is repeated, with a
   * `requestId` if it has none, so that it is carried out once; then it fails with what the last attempt met, and so
   * does `follow`. Its deadline ends a call in any case. Unset: calls are not repeated, `follow` has no end.
   */
  maxOutageMs?: number;
  /** Metadata of every call, such as `peerconnection-lease-token`. */
  metadata?: Record<string, string | Buffer>;
  /** Options of grpc-js, over our defaults. */
  channelOptions?: grpc.ChannelOptions;
}

/** A client of one service address. */
export class Client {
  readonly #client: grpc.Client;
  readonly #metadata: Record<string, string | Buffer>;
  readonly #timeoutMs: number;
  readonly #maxOutageMs: number | undefined;
  #repeats: boolean;

  /** PeerConnections: `create`, `get`, `createOffer`, … */
  readonly peerConnections: Readonly<PeerConnectionService>;
  /** Sinks and tracks: `createSink`, `getSinkSdp`, … */
  readonly media: Readonly<MediaService>;
  /** Data channels: `createDataChannel`, `send`, `stream`, … */
  readonly dataChannels: Readonly<DataChannelService>;
  /** Events: `watchEvents`; see also `follow`. */
  readonly events: Readonly<EventService>;
  /** Administration: `getNodeInfo`, `drain`, … */
  readonly admin: Readonly<AdminService>;

  constructor(options: ClientOptions) {
    const { address, timeoutMs = DEFAULT_TIMEOUT_MS, metadata = {}, maxOutageMs } = options ?? {};
    if (typeof address !== 'string' || address === '') throw new TypeError('address: expected host:port');
    this.#metadata = metadata;
    this.#timeoutMs = timeoutMs;
    this.#maxOutageMs = maxOutageMs;
    this.#repeats = (maxOutageMs ?? 0) > 0;
    this.#client = new grpc.Client(address, channelCredentials(options), {
      ...CHANNEL_OPTIONS,
      ...channelOptions(options),
      ...options.channelOptions,
    });
    this.peerConnections = this.#methods<PeerConnectionService>('PeerConnectionService');
    this.media = this.#methods<MediaService>('MediaService');
    this.dataChannels = this.#methods<DataChannelService>('DataChannelService');
    this.events = this.#methods<EventService>('EventService');
    this.admin = this.#methods<AdminService>('AdminService');
  }

  /** Resolves when the service can be reached; rejects after `timeoutMs`. */
  waitForReady(timeoutMs = this.#timeoutMs): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.waitForReady(Date.now() + timeoutMs, (error) => (error ? reject(error) : resolve()));
    });
  }

  /**
   * Watches events across disconnects: as `events.watchEvents`, but when the stream breaks it is opened again after the
   * last event that was delivered, so that none is missed and none comes twice.
   */
  follow(request: WatchEventsRequestInput, options?: FollowOptions): AsyncGenerator<WatchEventsResponse, void, undefined> {
    return follow(this.events, request, { ...options, maxOutageMs: options?.maxOutageMs ?? this.#maxOutageMs });
  }

  /** From now on no call that meets a disconnect is repeated. */
  stopRepeating(): void {
    this.#repeats = false;
  }

  /** Closes the channel. Calls in progress fail. */
  close(): void {
    this.stopRepeating();
    this.#client.close();
  }

  #methods<Service>(service: string): Readonly<Service> {
    const methods: Record<string, unknown> = {};
    for (const [name, rpc] of Object.entries(serviceOf(service))) {
      methods[name[0].toLowerCase() + name.slice(1)] = this.#method(`${service}.${name}`, rpc);
    }
    return Object.freeze(methods) as Readonly<Service>;
  }

  #method(name: string, rpc: MethodDefinition): unknown {
    if (rpc.requestStream) return this.#bidiMethod(name, rpc);
    return rpc.responseStream ? this.#serverStreamMethod(name, rpc) : this.#unaryMethod(name, rpc);
  }

  #bidiMethod(name: string, rpc: MethodDefinition) {
    return (options: CallOptions = {}): BidiStream<object, object> => {
      refuseOrder(options);
      const call = this.#client.makeBidiStreamRequest(
        rpc.path, rpc.requestSerialize, decoder(rpc), this.#callMetadata(options), callOptions(options, Infinity));
      const validate = (message: object): void => validateMessage(rpc.requestType, message);
      return new BidiStream(call, converter(name), options.signal, validate);
    };
  }

  #serverStreamMethod(name: string, rpc: MethodDefinition) {
    return (request: object = {}, options: CallOptions = {}): ServerStream<object> => {
      refuseOrder(options);
      validateMessage(rpc.requestType, request);
      const call = this.#client.makeServerStreamRequest(
        rpc.path, rpc.requestSerialize, decoder(rpc), request, this.#callMetadata(options), callOptions(options, Infinity));
      return new ServerStream(call, converter(name), options.signal);
    };
  }

  #unaryMethod(name: string, rpc: MethodDefinition) {
    const repeatable = repeatably(name.slice(name.indexOf('.') + 1), rpc);
    return async (request: object = {}, options: CallOptions = {}): Promise<object> => {
      validateMessage(rpc.requestType, request);
      options.signal?.throwIfAborted();
      const deadline = callOptions(options, this.#timeoutMs);
      const send = (metadata: CallOptions['metadata'] = {}): Promise<object> => {
        const complete = { ...options, metadata: { ...options.metadata, ...metadata } };
        if (!this.#repeats || !repeatable) return this.#unaryCall(name, rpc, request, complete, deadline);
        const whole = repeatable(request);
        return repeat(() => this.#unaryCall(name, rpc, whole, complete, deadline), {
          maxOutageMs: this.#maxOutageMs ?? 0, signal: options.signal, isOver: () => !this.#repeats,
        });
      };
      return options.order ? this.#inOrder(options.order, request, options.signal, send) : send();
    };
  }

  #inOrder(
    order: CallOrder, { peerConnectionId = '' }: { peerConnectionId?: string }, signal: AbortSignal | undefined,
    send: (metadata: Record<string, string>) => Promise<object>,
  ): Promise<object> {
    const sendInstead = (metadata: Record<string, string>): Promise<object> =>
      this.peerConnections.get({ peerConnectionId, readMask: { paths: ['peer_connection_id'] } }, { metadata });
    return order.run({ peerConnectionId, signal, send, sendInstead });
  }

  #unaryCall(name: string, rpc: MethodDefinition, request: object, options: CallOptions, deadline: grpc.CallOptions): Promise<object> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const call = this.#client.makeUnaryRequest(
        rpc.path, rpc.requestSerialize, decoder(rpc), request, this.#callMetadata(options), deadline, (error, response) => {
          signal?.removeEventListener('abort', abort);
          if (!error) resolve(response as object);
          else reject(signal?.aborted ? signal.reason : toPeerConnectionError(error, name));
        });
      const abort = (): void => call.cancel();
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #callMetadata({ metadata = {} }: CallOptions): grpc.Metadata {
    const result = new grpc.Metadata();
    for (const [key, value] of Object.entries({ ...this.#metadata, ...metadata })) result.set(key, value);
    return result;
  }
}

const decoder = (rpc: MethodDefinition) => (bytes: Buffer) => dropOptionalMarkers(rpc.responseDeserialize(bytes));
const converter = (name: string) => (error: unknown) => toPeerConnectionError(error, name);

function refuseOrder({ order }: CallOptions): void {
  if (order) throw new TypeError('order: only unary calls have one');
}

function callOptions({ timeoutMs }: CallOptions, fallback: number): grpc.CallOptions {
  const timeout = timeoutMs ?? fallback;
  return timeout === Infinity ? {} : { deadline: Date.now() + timeout };
}
