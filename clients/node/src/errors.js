// Errors of calls, with what the service says about them in `grpc-status-details-bin`.
import grpc from '@grpc/grpc-js';

const DETAILS_KEY = 'grpc-status-details-bin';
const DETAIL_TYPES = {
  'google.rpc.ErrorInfo': 'errorInfo',
  'google.rpc.RetryInfo': 'retryInfo',
  'google.rpc.BadRequest': 'badRequest',
  'google.rpc.QuotaFailure': 'quotaFailure',
  'google.rpc.PreconditionFailure': 'preconditionFailure',
};

/** A call that failed. */
export class PeerConnectionError extends Error {
  /**
   * @param {object} fields
   * @param {string} fields.message
   * @param {string} fields.code
   * @param {string} [fields.reason]
   * @param {string} [fields.domain]
   * @param {Record<string, string>} [fields.metadata]
   * @param {number} [fields.retryDelayMs]
   * @param {Array<{field: string, description: string}>} [fields.fieldViolations]
   * @param {string} [fields.method]
   * @param {unknown} [fields.cause]
   */
  constructor({ message, code, reason = '', domain = '', metadata = {}, retryDelayMs, fieldViolations = [], method, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PeerConnectionError';
    /** Canonical gRPC code by name, such as `NOT_FOUND`. */
    this.code = code;
    /** Name of an ErrorReason without its prefix; empty if the error does not stem from the service itself. */
    this.reason = reason;
    /** Domain of the reason: `peerconnection.v1`; empty without reason. */
    this.domain = domain;
    /** Variables of the error, such as `field`, `limit` or `revision`. */
    this.metadata = metadata;
    /** Name of the W3C DOMException that it stands for, such as `InvalidStateError`; undefined: none. */
    this.domException = metadata.domException;
    /** Line of the SDP at fault, from 1; undefined: none. */
    this.sdpLineNumber = metadata.sdpLineNumber === undefined ? undefined : Number(metadata.sdpLineNumber);
    /** Least time to wait before a retry, in milliseconds; undefined: the service does not say. */
    this.retryDelayMs = retryDelayMs;
    /** Fields of the request at fault. */
    this.fieldViolations = fieldViolations;
    /** The method called, such as `PeerConnectionService.Create`. */
    this.method = method;
  }
}

// Details that do not decode are left out: a broken trailer must not hide the error that it came with.
function decodeDetails(definition, trailers) {
  const details = {};
  const raw = trailers?.get?.(DETAILS_KEY)?.[0];
  if (!Buffer.isBuffer(raw)) return details;
  try {
    // The loader brings its own google/protobuf/any.proto, which keeps this one name in snake case.
    for (const any of definition.message('google.rpc.Status').deserialize(raw).details) {
      const name = any.type_url.slice(any.type_url.lastIndexOf('/') + 1);
      const key = DETAIL_TYPES[name];
      if (key) details[key] = definition.message(name).deserialize(any.value);
    }
  } catch {
    return details;
  }
  return details;
}

/**
 * Makes a PeerConnectionError of an error of grpc-js; other errors are returned as they are.
 * @param {import('./definition.js').Definition} definition
 * @param {unknown} error
 * @param {string} method
 * @returns {unknown}
 */
export function toPeerConnectionError(definition, error, method) {
  if (error instanceof PeerConnectionError || typeof error?.code !== 'number') return error;
  const { errorInfo, retryInfo, badRequest } = decodeDetails(definition, error.metadata);
  const delay = retryInfo?.retryDelay;
  return new PeerConnectionError({
    message: error.details || error.message,
    code: grpc.status[error.code] ?? 'UNKNOWN',
    reason: errorInfo?.reason,
    domain: errorInfo?.domain,
    metadata: errorInfo?.metadata,
    retryDelayMs: delay ? delay.seconds * 1000 + delay.nanos / 1e6 : undefined,
    fieldViolations: badRequest?.fieldViolations,
    method,
    cause: error,
  });
}
