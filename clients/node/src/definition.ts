// The contract at run time: how messages are encoded, and which methods there are.
import * as protoLoader from '@grpc/proto-loader';
import { CONTRACT_JSON } from './gen/contract_json';

export const PACKAGE = 'peerconnection.v1';

/** A field of a message, as its descriptor says. */
export interface FieldDescriptor {
  name: string;
  type: string;
  typeName: string;
  label: string;
}

/** A message or enum of the contract. */
export interface TypeDefinition {
  serialize(value: object): Buffer;
  deserialize(bytes: Buffer): Record<string, unknown>;
  type: {
    name: string;
    field: FieldDescriptor[];
    oneofDecl: Array<{ name: string }>;
    nestedType: Array<{ name: string; field: FieldDescriptor[]; options?: { mapEntry?: boolean } }>;
    value: Array<{ name: string; number: number }>;
  };
}

/** A method of a service. */
export interface MethodDefinition {
  path: string;
  requestStream: boolean;
  responseStream: boolean;
  requestSerialize(value: object): Buffer;
  requestDeserialize(bytes: Buffer): object;
  responseSerialize(value: object): Buffer;
  responseDeserialize(bytes: Buffer): object;
  requestType: TypeDefinition;
}

const loaded = protoLoader.fromJSON(JSON.parse(CONTRACT_JSON), {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
}) as unknown as Record<string, unknown>;

/** The message or enum of this full name, if there is one. */
export const findType = (name: string): TypeDefinition | undefined => loaded[name] as TypeDefinition | undefined;

/** The message or enum of this full name. */
export function typeOf(name: string): TypeDefinition {
  const found = findType(name);
  if (!found) throw new Error(`the contract has no ${name}`);
  return found;
}

/** Methods of a service of the contract, by RPC name. */
export function serviceOf(name: string): Record<string, MethodDefinition> {
  return typeOf(`${PACKAGE}.${name}`) as unknown as Record<string, MethodDefinition>;
}

/**
 * Removes the markers (`_ssrc: 'ssrc'`) that the loader adds for optional fields; an unset optional field is simply
 * absent. The names of real oneofs stay: they say which member is set.
 */
export function dropOptionalMarkers<T>(value: T): T {
  if (Array.isArray(value)) {
    for (const item of value) dropOptionalMarkers(item);
  } else if (value !== null && typeof value === 'object' && !Buffer.isBuffer(value)) {
    const object = value as Record<string, unknown>;
    for (const key of Object.keys(object)) {
      const member = object[key];
      // Map keys may begin with `_`, too; a marker always names another key of the same object, its own without `_`.
      if (key[0] === '_' && member === key.slice(1) && (member as string) in object) delete object[key];
      else dropOptionalMarkers(member);
    }
  }
  return value;
}
