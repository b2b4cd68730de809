// Makes src/gen/ of the contract in ../../proto: its types with their comments (contract.ts) and, for use at run time,
// the contract itself (contract_json.ts). Run by `npm run build`; what it makes is not kept in the repository.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const PROTO = join(HERE, '../../../proto');
const OUT = join(HERE, '../src/gen');
const DIST = join(HERE, '../dist');
const PACKAGE = 'peerconnection.v1';
const HEADER = '// Generated from the contract by scripts/generate.mjs. Do not edit.\n';

const NUMBERS = new Set(
  ['double', 'float', 'int32', 'uint32', 'sint32', 'fixed32', 'sfixed32', 'int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);

function load() {
  const root = new protobuf.Root();
  const bundled = root.resolvePath;
  root.resolvePath = (origin, target) =>
    target.startsWith('google/protobuf/') ? bundled.call(root, origin, target) : join(PROTO, target);
  const files = readdirSync(join(PROTO, 'peerconnection/v1')).filter((name) => name.endsWith('.proto'));
  root.loadSync(
    [...files.sort().map((name) => `peerconnection/v1/${name}`), 'google/rpc/status.proto', 'google/rpc/error_details.proto'],
    { alternateCommentMode: true });
  root.resolveAll();
  return root;
}

const lowerFirst = (name) => name[0].toLowerCase() + name.slice(1);
const doc = (comment, indent = '') =>
  comment ? `${indent}/** ${comment.replaceAll('*/', '* /').split('\n').join(`\n${indent} * `)} */\n` : '';

// Types of other packages (google.protobuf.Timestamp) are few; they are named by their last part.
const typeName = (type) => type.name;

function scalar(field, suffix) {
  if (field.resolvedType instanceof protobuf.Enum) return typeName(field.resolvedType);
  if (field.resolvedType) return typeName(field.resolvedType) + suffix;
  if (NUMBERS.has(field.type)) return 'number';
  if (field.type === 'bool') return 'boolean';
  if (field.type === 'bytes') return suffix ? 'Uint8Array' : 'Buffer';
  return 'string';
}

const proto3Optional = (field) => field.options?.proto3_optional === true || field.partOf?.isProto3Optional === true;
const inOneof = (field) => field.partOf && !proto3Optional(field);

function fieldLine(field, suffix) {
  const base = scalar(field, suffix);
  const comment = doc(field.comment, '  ');
  if (field.map) return `${comment}  ${field.name}${suffix ? '?' : ''}: Record<string, ${base}>;\n`;
  if (field.repeated) return `${comment}  ${field.name}${suffix ? '?' : ''}: ${base}[];\n`;
  const message = field.resolvedType instanceof protobuf.Type;
  if (suffix) return `${comment}  ${field.name}?: ${base} | null;\n`;
  if (inOneof(field) || proto3Optional(field)) return `${comment}  ${field.name}?: ${base};\n`;
  return `${comment}  ${field.name}: ${base}${message ? ' | null' : ''};\n`;
}

function messageText(type, suffix) {
  const note = suffix ? `As ${type.name}, to be sent: what is left out has its default.` : type.comment;
  let text = `${doc(note)}export interface ${type.name}${suffix} {\n`;
  for (const field of type.fieldsArray) text += fieldLine(field, suffix);
  for (const oneof of type.oneofsArray) {
    if (oneof.fieldsArray.some(proto3Optional)) continue;
    const names = oneof.fieldsArray.map((field) => `'${field.name}'`).join(' | ');
    text += `  /** Names the member that is set${suffix ? '; need not be given' : ''}. */\n  ${oneof.name}?: ${names};\n`;
  }
  return `${text}}\n\n`;
}

function enumText(type) {
  const values = Object.keys(type.values).map((name) => `\n  | '${name}'`).join('');
  return `${doc(type.comment)}export type ${type.name} =${values};\n\n`;
}

const STREAMS = { unary: 'UnaryMethod', server: 'ServerStreamMethod', bidi: 'BidiStreamMethod' };

function serviceText(service) {
  let text = `${doc(service.comment)}export interface ${service.name} {\n`;
  for (const method of service.methodsArray) {
    const kind = method.requestStream ? 'bidi' : method.responseStream ? 'server' : 'unary';
    const types = `${typeName(method.resolvedRequestType)}Input, ${typeName(method.resolvedResponseType)}`;
    text += `${doc(method.comment, '  ')}  ${lowerFirst(method.name)}: ${STREAMS[kind]}<${types}>;\n`;
  }
  return `${text}}\n\n`;
}

function typesText(root) {
  let text = `${HEADER}import type { ${Object.values(STREAMS).sort().join(', ')} } from '../methods';\n\n`;
  const emit = (object) => {
    if (object instanceof protobuf.Type) {
      text += messageText(object, '') + messageText(object, 'Input');
      object.nestedArray.forEach(emit);
    } else if (object instanceof protobuf.Enum) {
      text += enumText(object);
    } else if (object instanceof protobuf.Service) {
      text += serviceText(object);
    }
  };
  for (const name of ['Timestamp', 'Duration', 'FieldMask']) emit(root.lookupType(`google.protobuf.${name}`));
  root.lookup(PACKAGE).nestedArray.forEach(emit);
  return text;
}

const root = load();
mkdirSync(OUT, { recursive: true });
writeFileSync(join(OUT, 'contract.ts'), typesText(root));
const json = JSON.stringify(JSON.stringify(root.toJSON()));
writeFileSync(join(OUT, 'contract_json.ts'), `${HEADER}export const CONTRACT_JSON: string =\n  ${json};\n`);

// The compiled modules are CommonJS, in a package that is not.
mkdirSync(DIST, { recursive: true });
writeFileSync(join(DIST, 'package.json'), '{ "type": "commonjs" }\n');
