// Checks requests before they are sent. Protobuf encoders skip field names and enum values that they do not know, so a
// slip of the pen would silently become a default; here it is a TypeError.
import { PACKAGE, findType, type FieldDescriptor, type TypeDefinition } from './definition';

type Known = FieldDescriptor | { oneof: true };
const fieldsOf = new WeakMap<TypeDefinition, Map<string, Known>>();
const valuesOf = new WeakMap<TypeDefinition, Set<unknown>>();

function fields(message: TypeDefinition): Map<string, Known> {
  let known = fieldsOf.get(message);
  if (!known) {
    known = new Map<string, Known>(message.type.field.map((field) => [field.name, field]));
    for (const oneof of message.type.oneofDecl) known.set(oneof.name, known.get(oneof.name) ?? { oneof: true });
    fieldsOf.set(message, known);
  }
  return known;
}

function enumValues(definition: TypeDefinition): Set<unknown> {
  let known = valuesOf.get(definition);
  if (!known) {
    known = new Set(definition.type.value.flatMap((value): unknown[] => [value.name, value.number]));
    valuesOf.set(definition, known);
  }
  return known;
}

// Names of types are relative to the package unless they belong to another one.
function resolve(name: string): TypeDefinition | undefined {
  return findType(name.replace(/^\./, '')) ?? findType(`${PACKAGE}.${name}`);
}

function checkValue(field: FieldDescriptor, value: unknown, path: string): void {
  if (field.type === 'TYPE_ENUM') {
    const definition = resolve(field.typeName);
    if (definition && !enumValues(definition).has(value)) {
      throw new TypeError(`${path}: ${JSON.stringify(value)} is no ${field.typeName}`);
    }
  } else if (field.type === 'TYPE_MESSAGE') {
    const definition = resolve(field.typeName);
    if (definition) validateMessage(definition, value, path);
  }
}

/**
 * Throws a TypeError if `value` has a field or enum value that the message does not know.
 * @param path Where `value` stands, for the error text.
 */
export function validateMessage(message: TypeDefinition, value: unknown, path = message.type.name): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new TypeError(`${path}: expected an object`);
  }
  const known = fields(message);
  for (const [name, member] of Object.entries(value as Record<string, unknown>)) {
    const field = known.get(name);
    const where = `${path}.${name}`;
    if (!field) throw new TypeError(`${where}: ${message.type.name} has no such field`);
    if ('oneof' in field || member === undefined || member === null) continue;
    checkMember(message, field, member, where);
  }
}

function checkMember(message: TypeDefinition, field: FieldDescriptor, member: unknown, where: string): void {
  const map = message.type.nestedType.find((nested) => nested.name === field.typeName && nested.options?.mapEntry);
  if (map) {
    const valueField = map.field.find((entry) => entry.name === 'value') as FieldDescriptor;
    for (const [key, item] of Object.entries(member as object)) {
      checkValue(valueField, item, `${where}[${JSON.stringify(key)}]`);
    }
  } else if (field.label === 'LABEL_REPEATED') {
    if (!Array.isArray(member)) throw new TypeError(`${where}: expected an array`);
    member.forEach((item, index) => checkValue(field, item, `${where}[${index}]`));
  } else {
    checkValue(field, member, where);
  }
}
