// The shapes of methods of the contract's services.
import type { CallOrder } from './order';
import type { BidiStream, ServerStream } from './streams';

/** Options of one call. */
export interface CallOptions {
  /** Deadline from now. Unary calls: that of the client (30 s unless changed); streams: none. Infinity: none. */
  timeoutMs?: number;
  /** Cancels the call; its reason is what the call rejects with. */
  signal?: AbortSignal;
  /** Metadata of this call, beside the client's. */
  metadata?: Record<string, string | Buffer>;
  /** Sends the call ahead: the service carries it out after the calls that were made before it with the same order. */
  order?: CallOrder;
}

/** Options of one stream. */
export type StreamOptions = Omit<CallOptions, 'order'>;

/** One request, one response. */
export type UnaryMethod<Request, Response> = (request?: Request, options?: CallOptions) => Promise<Response>;

/** One request, a stream of responses. */
export type ServerStreamMethod<Request, Response> = (request?: Request, options?: StreamOptions) => ServerStream<Response>;

/** Streams in both directions. */
export type BidiStreamMethod<Request, Response> = (options?: StreamOptions) => BidiStream<Request, Response>;
