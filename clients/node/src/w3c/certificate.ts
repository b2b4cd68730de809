// RTCCertificate.
import type { Client } from '../client';
import type { Certificate } from '../gen/contract';
import { toDate } from '../time';
import { defineInterface, guardConstructor } from './webidl';

export interface Fingerprint {
  algorithm: string;
  value: string;
}

// The service keeps a certificate until it expires, and not for ever many. One that nobody here has any more, no connection
// either, cannot be used again; connections there keep it.
const forgotten = new FinalizationRegistry<{ client: Client; certificateId: string }>(({ client, certificateId }) => {
  client.peerConnections.deleteCertificate({ certificateId }).catch(() => {}); // It is gone, or the way to it.
});

/** Id of a certificate; throws a TypeError for anything else. */
export let certificateId: (value: unknown) => string;

/** W3C RTCCertificate: lives at the service. */
export class RTCCertificate {
  readonly #certificate: Certificate;

  constructor(...args: unknown[]) {
    guardConstructor(args[0]);
    this.#certificate = args[1] as Certificate;
    forgotten.register(this, { client: args[2] as Client, certificateId: this.#certificate.certificateId });
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
