// The shapes of methods of the contract's services.
import type { BidiStream, ServerStream } from './streams';

/** Options of one call. */
export interface CallOptions {
  /** Deadline from now. Unary calls: that of the client (30 s unless changed); streams: none. Infinity: none. */
  timeoutMs?: number;
  /** Cancels the call; its reason is what the call rejects with. */
  signal?: AbortSignal;
  /** Metadata of this call, beside the client's. */
  metadata?: Record<string, string | Buffer>;
}

/** One request, one response. */
export type UnaryMethod<Request, Response> = (request?: Request, options?: CallOptions) => Promise<Response>;

/** One request, a stream of responses. */
export type ServerStreamMethod<Request, Response> = (request?: Request, options?: CallOptions) => ServerStream<Response>;

/** Streams in both directions. */
export type BidiStreamMethod<Request, Response> = (options?: CallOptions) => BidiStream<Request, Response>;
