// AlgorithmIdentifier of generateCertificate (W3C WebRTC 1.0, 4.9).
import type { GenerateCertificateRequestInput } from '../gen/contract';
import { duration } from '../time';
import { exception } from './errors';
import { toDictionary, toDOMString, toEnforcedInteger } from './webidl';

const MAX_VALIDITY_MS = 365 * 86_400_000;

/** The request that an algorithm stands for; throws NotSupportedError for one that is not offered. */
export function keyAlgorithm(value: unknown): GenerateCertificateRequestInput {
  const init = typeof value === 'string' ? { name: value } : toDictionary(value, 'AlgorithmIdentifier',
    ['name', 'expires', 'hash', 'modulusLength', 'namedCurve', 'publicExponent']);
  if (init.name === undefined) throw new TypeError('AlgorithmIdentifier: the member name is required');
  const name = toDOMString(init.name).toUpperCase();
  const { expires } = init as { expires?: unknown };
  const validity = expires === undefined ? {} : { validity: duration(Math.min(toEnforcedInteger(expires, Number.MAX_SAFE_INTEGER, 'expires'), MAX_VALIDITY_MS)) };
  if (name === 'ECDSA' && (init as { namedCurve?: unknown }).namedCurve === 'P-256') {
    return { keyAlgorithm: 'KEY_ALGORITHM_ECDSA_P256', ...validity };
  }
  const { modulusLength, publicExponent, hash } = init as { modulusLength?: unknown; publicExponent?: unknown; hash?: unknown };
  const hashName = typeof hash === 'object' && hash !== null ? (hash as { name?: unknown }).name : hash;
  const exponent = publicExponent instanceof Uint8Array ? [...publicExponent].join() : '';
  if (name === 'RSASSA-PKCS1-V1_5' && exponent === '1,0,1' && hashName === 'SHA-256') {
    if (modulusLength === 2048) return { keyAlgorithm: 'KEY_ALGORITHM_RSA_2048', ...validity };
    if (modulusLength === 3072) return { keyAlgorithm: 'KEY_ALGORITHM_RSA_3072', ...validity };
  }
  throw exception('NotSupportedError', `certificates of '${toDOMString(init.name)}' with these parameters are not made`);
}
