// Checks requests before they are sent. Protobuf encoders skip field names and enum values that they do not know, so a
// slip of the pen would silently become a default; here it is a TypeError.

const fieldsOf = new WeakMap();
const valuesOf = new WeakMap();

function fields(message) {
  let known = fieldsOf.get(message);
  if (!known) {
    known = new Map(message.type.field.map((field) => [field.name, field]));
    for (const oneof of message.type.oneofDecl) known.set(oneof.name, known.get(oneof.name) ?? { oneof: true });
    fieldsOf.set(message, known);
  }
  return known;
}

function enumValues(definition) {
  let known = valuesOf.get(definition);
  if (!known) {
    known = new Set(definition.type.value.flatMap((value) => [value.name, value.number]));
    valuesOf.set(definition, known);
  }
  return known;
}

// Names of types are relative to the package unless they belong to another one.
function resolve(find, packageName, typeName) {
  return find(typeName.replace(/^\./, '')) ?? find(`${packageName}.${typeName}`);
}

function checkValue(find, packageName, field, value, path) {
  if (field.type === 'TYPE_ENUM') {
    const definition = resolve(find, packageName, field.typeName);
    if (definition && !enumValues(definition).has(value)) {
      throw new TypeError(`${path}: ${JSON.stringify(value)} is no ${field.typeName}`);
    }
  } else if (field.type === 'TYPE_MESSAGE') {
    const definition = resolve(find, packageName, field.typeName);
    if (definition) validateMessage(find, packageName, definition, value, path);
  }
}

/**
 * Throws a TypeError if `value` has a field or enum value that the message does not know.
 * @param {(name: string) => object | undefined} find Looks a message or enum up by full name.
 * @param {string} packageName Package of the message.
 * @param {{type: object}} message The message's definition.
 * @param {unknown} value What is to be sent.
 * @param {string} [path] Where `value` stands, for the error text.
 */
export function validateMessage(find, packageName, message, value, path = message.type.name) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new TypeError(`${path}: expected an object`);
  }
  const known = fields(message);
  for (const [name, member] of Object.entries(value)) {
    const field = known.get(name);
    const where = `${path}.${name}`;
    if (!field) throw new TypeError(`${where}: ${message.type.name} has no such field`);
    if (field.oneof || member === undefined || member === null) continue;
    const map = message.type.nestedType.find((nested) => nested.name === field.typeName && nested.options?.mapEntry);
    if (map) {
      const valueField = map.field.find((entry) => entry.name === 'value');
      for (const [key, item] of Object.entries(member)) {
        checkValue(find, packageName, valueField, item, `${where}[${JSON.stringify(key)}]`);
      }
    } else if (field.label === 'LABEL_REPEATED') {
      if (!Array.isArray(member)) throw new TypeError(`${where}: expected an array`);
      member.forEach((item, index) => checkValue(find, packageName, field, item, `${where}[${index}]`));
    } else {
      checkValue(find, packageName, field, member, where);
    }
  }
}
