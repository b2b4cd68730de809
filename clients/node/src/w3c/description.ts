// RTCSessionDescription.
import type { SessionDescription } from '../gen/contract';
import { fromApi } from './enums';
import { defineInterface, requireArguments, toDOMString, toDictionary, toEnum } from './webidl';

export const SDP_TYPES = ['offer', 'pranswer', 'answer', 'rollback'] as const;
export type SdpTypeName = (typeof SDP_TYPES)[number];

export interface DescriptionInit {
  type: SdpTypeName;
  sdp?: string;
}

/** W3C RTCSessionDescription. */
export class RTCSessionDescription {
  readonly #type: SdpTypeName;
  readonly #sdp: string;

  constructor(descriptionInitDict: DescriptionInit) {
    requireArguments('RTCSessionDescription', arguments.length, 1);
    const { type, sdp } = toDescriptionInit(descriptionInitDict);
    if (type === undefined) throw new TypeError('RTCSessionDescriptionInit: the member type is required');
    this.#type = type;
    this.#sdp = sdp;
  }

  get type(): SdpTypeName { return this.#type; }
  get sdp(): string { return this.#sdp; }

  toJSON(): { type: SdpTypeName; sdp: string } {
    return { type: this.#type, sdp: this.#sdp };
  }
}
defineInterface(RTCSessionDescription, 'RTCSessionDescription');

/** RTCSessionDescriptionInit or RTCLocalSessionDescriptionInit; in the latter `type` may be left out. */
export function toDescriptionInit(value: unknown): { type: SdpTypeName | undefined; sdp: string } {
  const { sdp, type } = toDictionary(value, 'RTCSessionDescriptionInit', ['sdp', 'type']);
  return {
    sdp: sdp === undefined ? '' : toDOMString(sdp),
    type: type === undefined ? undefined : toEnum(type, SDP_TYPES, 'RTCSessionDescriptionInit.type'),
  };
}

/** The description of the contract. */
export function descriptionFromApi(description: SessionDescription | null | undefined): RTCSessionDescription | null {
  if (!description || description.type === 'SDP_TYPE_UNSPECIFIED') return null;
  return new RTCSessionDescription({ type: fromApi(description.type, 'SDP_TYPE'), sdp: description.sdp });
}
