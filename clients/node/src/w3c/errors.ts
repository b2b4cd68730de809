// Exceptions: RTCError, and what a failed call means in W3C's terms.
import { PeerConnectionError } from '../errors';
import { defineInterface, requireArguments, toDOMString, toDictionary, toEnum } from './webidl';

/** W3C RTCErrorDetailType. */
export const ERROR_DETAILS = [
  'data-channel-failure', 'dtls-failure', 'fingerprint-failure', 'sctp-failure', 'sdp-syntax-error',
  'hardware-encoder-not-available', 'hardware-encoder-error',
] as const;
export type ErrorDetail = (typeof ERROR_DETAILS)[number];

export interface ErrorInit {
  errorDetail: ErrorDetail;
  sdpLineNumber?: number;
  sctpCauseCode?: number;
  receivedAlert?: number;
  sentAlert?: number;
}

const optionalNumber = (value: unknown): number | null => (value === undefined ? null : Number(value) >>> 0);

/** W3C RTCError. */
export class RTCError extends DOMException {
  readonly #errorDetail: ErrorDetail;
  readonly #sdpLineNumber: number | null;
  readonly #sctpCauseCode: number | null;
  readonly #receivedAlert: number | null;
  readonly #sentAlert: number | null;

  constructor(init: ErrorInit, message: string = '') {
    requireArguments('RTCError', arguments.length, 1);
    super(toDOMString(message), 'OperationError');
    const dictionary = toDictionary(init, 'RTCErrorInit',
      ['errorDetail', 'receivedAlert', 'sctpCauseCode', 'sdpLineNumber', 'sentAlert']);
    this.#errorDetail = toEnum(dictionary.errorDetail, ERROR_DETAILS, 'RTCErrorInit.errorDetail');
    this.#receivedAlert = optionalNumber(dictionary.receivedAlert);
    this.#sctpCauseCode = dictionary.sctpCauseCode === undefined ? null : Number(dictionary.sctpCauseCode) | 0;
    this.#sdpLineNumber = dictionary.sdpLineNumber === undefined ? null : Number(dictionary.sdpLineNumber) | 0;
    this.#sentAlert = optionalNumber(dictionary.sentAlert);
  }

  get errorDetail(): ErrorDetail { return this.#errorDetail; }
  get sdpLineNumber(): number | null { return this.#sdpLineNumber; }
  get sctpCauseCode(): number | null { return this.#sctpCauseCode; }
  get receivedAlert(): number | null { return this.#receivedAlert; }
  get sentAlert(): number | null { return this.#sentAlert; }
}
defineInterface(RTCError, 'RTCError');

/** Whether the service refused a call for one of these reasons. */
export const isOf = (error: unknown, ...reasons: string[]): boolean =>
  error instanceof PeerConnectionError && reasons.includes(error.reason);

/** Takes a failure that has one of these reasons for none. */
export const ignoring = (...reasons: string[]) => (error: unknown): void => {
  if (!isOf(error, ...reasons)) throw error;
};

/** An exception of the platform, with what led to it. */
export function exception(name: string, message: string, cause?: unknown): Error {
  const error = name === 'TypeError' ? new TypeError(message)
    : name === 'RangeError' ? new RangeError(message)
    : (new DOMException(message, name) as unknown as Error);
  return withCause(error, cause);
}

function withCause<T extends Error>(error: T, cause: unknown): T {
  if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}

// Where the service names no exception.
const NAMES: Record<string, string> = {
  UNIMPLEMENTED: 'NotSupportedError',
  FAILED_PRECONDITION: 'InvalidStateError',
  INVALID_ARGUMENT: 'InvalidAccessError',
  PERMISSION_DENIED: 'NotAllowedError',
  NOT_FOUND: 'InvalidStateError',
  CANCELLED: 'AbortError',
};

/** What a method rejects with when the service refused its call; the cause is the PeerConnectionError. */
export function toException(error: unknown): unknown {
  if (!(error instanceof PeerConnectionError)) return error;
  if (error.reason === 'INVALID_SDP') {
    const init: ErrorInit = { errorDetail: 'sdp-syntax-error', sdpLineNumber: error.sdpLineNumber };
    return withCause(new RTCError(init, error.message) as unknown as Error, error);
  }
  return exception(error.domException ?? NAMES[error.code] ?? 'OperationError', error.message, error);
}
