// What users of the package import.
import * as grpc from '@grpc/grpc-js';

export { Client, type ClientOptions } from './client';
export type { SecurityOptions, TlsOptions, Token } from './credentials';
export { PeerConnectionError, type ErrorFields, type FieldViolation } from './errors';
export type { FollowOptions } from './follow';
export type * from './gen/contract';
export type { BidiStreamMethod, CallOptions, ServerStreamMethod, StreamOptions, UnaryMethod } from './methods';
export { CallOrder } from './order';
export { BidiStream, ServerStream } from './streams';
export { duration, milliseconds, toDate } from './time';

/** Makes channel credentials: `credentials.createInsecure()`, `credentials.createSsl(ca, key, certificate)`. */
export const credentials: typeof grpc.credentials = grpc.credentials;
