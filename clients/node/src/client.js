// The client: one channel, and the methods of the five services on it.
import grpc from '@grpc/grpc-js';
import { dropOptionalMarkers, loadDefinition } from './definition.js';
import { toPeerConnectionError } from './errors.js';
import { BidiStream, ServerStream } from './streams.js';
import { validateMessage } from './validate.js';

const PACKAGE = 'peerconnection.v1';
const SERVICES = {
  peerConnections: 'PeerConnectionService',
  media: 'MediaService',
  dataChannels: 'DataChannelService',
  events: 'EventService',
  admin: 'AdminService',
};
const DEFAULT_TIMEOUT_MS = 30_000;
// Within what the service allows (a ping every 20 s at most) and below the idle timers of usual proxies.
const CHANNEL_OPTIONS = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.keepalive_permit_without_calls': 1,
};

/**
 * @typedef {object} CallOptions
 * @property {number} [timeoutMs] Deadline from now. Unary calls: 30 s unless given; streams: none unless given.
 *   Infinity: none.
 * @property {AbortSignal} [signal] Cancels the call; its reason is what the call rejects with.
 * @property {Record<string, string | Buffer>} [metadata] Metadata of this call, beside the client's.
 *
 * @typedef {(request?: object, options?: CallOptions) => Promise<any>} UnaryMethod
 * @typedef {(request?: object, options?: CallOptions) => ServerStream} ServerStreamMethod
 * @typedef {(options?: CallOptions) => BidiStream} BidiStreamMethod
 */

/** A client of one service address. */
export class Client {
  #client;
  #definition;
  #metadata;
  #timeoutMs;

  /**
   * @param {object} options
   * @param {string} options.address `host:port`, or any gRPC target name.
   * @param {grpc.ChannelCredentials} [options.credentials] Unset: plaintext.
   * @param {number} [options.timeoutMs] Deadline of unary calls that give none. Unset: 30 s.
   * @param {Record<string, string | Buffer>} [options.metadata] Metadata of every call, such as
   *   `peerconnection-lease-token`.
   * @param {grpc.ChannelOptions} [options.channelOptions] Options of grpc-js, over our defaults.
   * @param {string} [options.protoDir] Directory of the contract. Unset: that of this repository.
   */
  constructor({ address, credentials, timeoutMs = DEFAULT_TIMEOUT_MS, metadata = {}, channelOptions = {}, protoDir } = {}) {
    if (typeof address !== 'string' || address === '') throw new TypeError('address: expected host:port');
    this.#definition = loadDefinition(protoDir);
    this.#metadata = metadata;
    this.#timeoutMs = timeoutMs;
    this.#client = new grpc.Client(address, credentials ?? grpc.credentials.createInsecure(), {
      ...CHANNEL_OPTIONS,
      ...channelOptions,
    });

    /** @type {Record<string, UnaryMethod>} PeerConnections: `create`, `get`, `createOffer`, … */
    this.peerConnections = this.#methods(SERVICES.peerConnections);
    /** @type {Record<string, UnaryMethod & BidiStreamMethod>} Sinks and tracks: `createSink`, `getSinkSdp`, … */
    this.media = this.#methods(SERVICES.media);
    /** @type {Record<string, UnaryMethod & BidiStreamMethod>} Data channels: `createDataChannel`, `send`, `stream`, … */
    this.dataChannels = this.#methods(SERVICES.dataChannels);
    /** @type {{watchEvents: ServerStreamMethod}} Events. */
    this.events = this.#methods(SERVICES.events);
    /** @type {Record<string, UnaryMethod & ServerStreamMethod>} Administration: `getNodeInfo`, `drain`, … */
    this.admin = this.#methods(SERVICES.admin);
  }

  /**
   * Resolves when the service can be reached.
   * @param {number} [timeoutMs] How long to wait; rejects afterwards.
   * @returns {Promise<void>}
   */
  waitForReady(timeoutMs = this.#timeoutMs) {
    return new Promise((resolve, reject) => {
      this.#client.waitForReady(Date.now() + timeoutMs, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Closes the channel. Calls in progress fail. */
  close() {
    this.#client.close();
  }

  #methods(service) {
    const methods = {};
    for (const [name, rpc] of Object.entries(this.#definition.service(service))) {
      methods[name[0].toLowerCase() + name.slice(1)] = this.#method(`${service}.${name}`, rpc);
    }
    return Object.freeze(methods);
  }

  #method(name, rpc) {
    const { path, requestSerialize: serialize } = rpc;
    const deserialize = (bytes) => dropOptionalMarkers(rpc.responseDeserialize(bytes));
    const validate = (message) => validateMessage(this.#definition.find, PACKAGE, rpc.requestType, message);
    const convert = (error) => toPeerConnectionError(this.#definition, error, name);

    if (rpc.requestStream) {
      return (options = {}) => {
        const call = this.#client.makeBidiStreamRequest(
          path, serialize, deserialize, this.#callMetadata(options), this.#callOptions(options, Infinity));
        return new BidiStream(call, convert, options.signal, validate);
      };
    }
    if (rpc.responseStream) {
      return (request = {}, options = {}) => {
        validate(request);
        const call = this.#client.makeServerStreamRequest(
          path, serialize, deserialize, request, this.#callMetadata(options), this.#callOptions(options, Infinity));
        return new ServerStream(call, convert, options.signal);
      };
    }
    return (request = {}, options = {}) =>
      new Promise((resolve, reject) => {
        validate(request);
        const { signal } = options;
        signal?.throwIfAborted();
        const call = this.#client.makeUnaryRequest(
          path, serialize, deserialize, request, this.#callMetadata(options),
          this.#callOptions(options, this.#timeoutMs), (error, response) => {
            signal?.removeEventListener('abort', abort);
            if (!error) resolve(response);
            else reject(signal?.aborted ? signal.reason : convert(error));
          });
        const abort = () => call.cancel();
        signal?.addEventListener('abort', abort, { once: true });
      });
  }

  #callMetadata({ metadata = {} }) {
    const result = new grpc.Metadata();
    for (const [key, value] of Object.entries({ ...this.#metadata, ...metadata })) result.set(key, value);
    return result;
  }

  #callOptions({ timeoutMs }, fallback) {
    const timeout = timeoutMs ?? fallback;
    return timeout === Infinity ? {} : { deadline: Date.now() + timeout };
  }
}
