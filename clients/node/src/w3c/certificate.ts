// RTCCertificate.
import type { Certificate } from '../gen/contract';
import { toDate } from '../time';
import { defineInterface, guardConstructor } from './webidl';

export interface Fingerprint {
  algorithm: string;
  value: string;
}

/** Id of a certificate; throws a TypeError for anything else. */
export let certificateId: (value: unknown) => string;

/** W3C RTCCertificate: lives at the service. */
export class RTCCertificate {
  readonly #certificate: Certificate;

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    this.#certificate = args[1] as Certificate;
  }

  get expires(): number {
    return this.#certificate.expires ? toDate(this.#certificate.expires).getTime() : 0;
  }

  getFingerprints(): Fingerprint[] {
    return this.#certificate.fingerprints.map(({ algorithm, value }) => ({ algorithm, value: value.toLowerCase() }));
  }

  static {
    certificateId = (value) => {
      if (typeof value !== 'object' || value === null || !(#certificate in value)) {
        throw new TypeError('RTCConfiguration.certificates: not an RTCCertificate');
      }
      return value.#certificate.certificateId;
    };
  }
}
defineInterface(RTCCertificate, 'RTCCertificate');
