// Errors of calls, with what the service says about them in `grpc-status-details-bin`.
import * as grpc from '@grpc/grpc-js';
import { typeOf } from './definition';

const DETAILS_KEY = 'grpc-status-details-bin';
const DETAIL_TYPES: Record<string, keyof Details> = {
  'google.rpc.ErrorInfo': 'errorInfo',
  'google.rpc.RetryInfo': 'retryInfo',
  'google.rpc.BadRequest': 'badRequest',
};

/** A field of a request at fault. */
export interface FieldViolation {
  field: string;
  description: string;
}

interface Details {
  errorInfo?: { reason: string; domain: string; metadata: Record<string, string> };
  retryInfo?: { retryDelay: { seconds: number; nanos: number } | null };
  badRequest?: { fieldViolations: FieldViolation[] };
}

/** What a PeerConnectionError is made of. */
export interface ErrorFields {
  message: string;
  code: string;
  reason?: string;
  domain?: string;
  metadata?: Record<string, string>;
  retryDelayMs?: number;
  fieldViolations?: FieldViolation[];
  method?: string;
  cause?: unknown;
}

/** A call that failed. */
export class PeerConnectionError extends Error {
  /** Canonical gRPC code by name, such as `NOT_FOUND`. */
  readonly code: string;
  /** Name of an ErrorReason without its prefix; empty if the error does not stem from the service itself. */
  readonly reason: string;
  /** Domain of the reason: `peerconnection.v1`; empty without reason. */
  readonly domain: string;
  /** Variables of the error, such as `field`, `limit` or `revision`. */
  readonly metadata: Record<string, string>;
  /** Name of the W3C DOMException that it stands for, such as `InvalidStateError`; undefined: none. */
  readonly domException: string | undefined;
  /** Line of the SDP at fault, from 1; undefined: none. */
  readonly sdpLineNumber: number | undefined;
  /** Least time to wait before a retry, in milliseconds; undefined: the service does not say. */
  readonly retryDelayMs: number | undefined;
  /** Fields of the request at fault. */
  readonly fieldViolations: FieldViolation[];
  /** The method called, such as `PeerConnectionService.Create`. */
  readonly method: string | undefined;

  constructor(fields: ErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    const { code, reason = '', domain = '', metadata = {}, retryDelayMs, fieldViolations = [], method } = fields;
    this.name = 'PeerConnectionError';
    this.code = code;
    this.reason = reason;
    this.domain = domain;
    this.metadata = metadata;
    this.domException = metadata.domException;
    this.sdpLineNumber = metadata.sdpLineNumber === undefined ? undefined : Number(metadata.sdpLineNumber);
    this.retryDelayMs = retryDelayMs;
    this.fieldViolations = fieldViolations;
    this.method = method;
  }
}

// Details that do not decode are left out: a broken trailer must not hide the error that it came with.
function decodeDetails(trailers: grpc.Metadata | undefined): Details {
  const details: Record<string, unknown> = {};
  const raw = trailers?.get?.(DETAILS_KEY)?.[0];
  if (!Buffer.isBuffer(raw)) return details;
  try {
    const status = typeOf('google.rpc.Status').deserialize(raw) as {
      details: Array<{ type_url: string; value: Buffer }>;  // google.protobuf.Any keeps this name in snake case.
    };
    for (const any of status.details) {
      const name = any.type_url.slice(any.type_url.lastIndexOf('/') + 1);
      const key = DETAIL_TYPES[name];
      if (key) details[key] = typeOf(name).deserialize(any.value);
    }
  } catch {
    return details;
  }
  return details;
}

/** Makes a PeerConnectionError of an error of grpc-js; other errors are returned as they are. */
export function toPeerConnectionError(error: unknown, method: string): unknown {
  const service = error as Partial<grpc.ServiceError>;
  if (error instanceof PeerConnectionError || typeof service?.code !== 'number') return error;
  const { errorInfo, retryInfo, badRequest } = decodeDetails(service.metadata);
  const delay = retryInfo?.retryDelay;
  return new PeerConnectionError({
    message: service.details || (service.message ?? ''),
    code: grpc.status[service.code] ?? 'UNKNOWN',
    reason: errorInfo?.reason,
    domain: errorInfo?.domain,
    metadata: errorInfo?.metadata,
    retryDelayMs: delay ? delay.seconds * 1000 + delay.nanos / 1e6 : undefined,
    fieldViolations: badRequest?.fieldViolations,
    method,
    cause: error,
  });
}
