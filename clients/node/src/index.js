// What users of the package import.
import grpc from '@grpc/grpc-js';

export { Client } from './client.js';
export { PeerConnectionError } from './errors.js';
export { BidiStream, ServerStream } from './streams.js';
export { duration, milliseconds, toDate } from './time.js';

/** Makes channel credentials: `credentials.createInsecure()`, `credentials.createSsl(ca, key, certificate)`. */
export const credentials = grpc.credentials;
