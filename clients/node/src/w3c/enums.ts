// Enumerations of the contract and those of W3C: `SIGNALING_STATE_HAVE_LOCAL_OFFER` and `have-local-offer`.

/** The W3C name of a value of the contract. */
export function fromApi<T extends string>(value: string, prefix: string): T {
  return value.slice(prefix.length + 1).toLowerCase().replaceAll('_', '-') as T;
}

/** The contract's name of a W3C value. */
export function toApi<T extends string>(value: string, prefix: string): T {
  return `${prefix}_${value.toUpperCase().replaceAll('-', '_')}` as T;
}

export const kindFromApi = (kind: string): 'audio' | 'video' => fromApi(kind, 'MEDIA_KIND');
