import { inflateSync } from 'node:zlib';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft4 from 'ajv-draft-04';
import avro from 'avsc';
import protobuf from 'protobufjs';
import { isObject } from '../support/value.ts';
import type { RegisteredSchema } from './registry-client.ts';
import { useWellKnownJson } from './well-known-types.ts';

/** What a registry's serializer writes before the data. */
export interface Framed {
  /** A number of Confluent's, or a UUID of Glue's. */
  readonly schemaId: string;
  readonly payload: Buffer;
}

const CONFLUENT_MAGIC = 0;
const CONFLUENT_PREFIX_BYTES = 5;
const GLUE_VERSION = 3;
const GLUE_ZLIB = 5;
const GLUE_PREFIX_BYTES = 18;

/** Null when there is no prefix of this registry. */
export function readPrefix(kind: 'confluent' | 'glue', data: Buffer): Framed | null {
  if (kind === 'confluent') {
    if (data.length < CONFLUENT_PREFIX_BYTES || data[0] !== CONFLUENT_MAGIC) return null;
    return { schemaId: String(data.readInt32BE(1)), payload: data.subarray(CONFLUENT_PREFIX_BYTES) };
  }
  if (data.length < GLUE_PREFIX_BYTES || data[0] !== GLUE_VERSION) return null;
  const hex = data.toString('hex', 2, GLUE_PREFIX_BYTES);
  const schemaId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const rest = data.subarray(GLUE_PREFIX_BYTES);
  return { schemaId, payload: data[1] === GLUE_ZLIB ? inflateSync(rest) : rest };
}

/** Which message of a Protobuf schema the data is, as the path of its indexes, and the data after it. */
export interface IndexedMessage {
  readonly path: readonly number[];
  readonly message: Buffer;
}

/** Confluent: a count and that many indexes, as zigzag varints; a count of 0 stands for the first message. */
function readConfluentIndexes(payload: Buffer): IndexedMessage {
  let at = 0;
  const next = (): number => {
    const { value, bytes } = readVarint(payload, at);
    at += bytes;
    return (value >>> 1) ^ -(value & 1);
  };
  const count = next();
  if (count < 0 || count > payload.length) throw new Error('the message indexes are broken');
  const path = count === 0 ? [0] : Array.from({ length: count }, next);
  return { path, message: payload.subarray(at) };
}

/** Glue: one index into all messages of the schema, nested ones included, sorted by their full names. */
function readGlueIndex(payload: Buffer): { readonly index: number; readonly message: Buffer } {
  const { value, bytes } = readVarint(payload, 0);
  return { index: value, message: payload.subarray(bytes) };
}

function readVarint(data: Buffer, at: number): { value: number; bytes: number } {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = data[at + index];
    if (byte === undefined) break;
    value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { value: value >>> 0, bytes: index + 1 };
  }
  throw new Error('the message indexes are broken');
}

/** Checks the data against its schema. Returns it as JSON text. @throws what does not fit */
export type Decode = (payload: Buffer) => string;

/** @throws when the schema itself cannot be used */
export function createDecoder(kind: 'confluent' | 'glue', schema: RegisteredSchema): Decode {
  if (schema.dataFormat === 'AVRO') return createAvroDecoder(schema);
  if (schema.dataFormat === 'JSON') return createJsonDecoder(schema);
  return createProtobufDecoder(kind, schema);
}

function createAvroDecoder({ definition, references }: RegisteredSchema): Decode {
  // One registry, so that the schema finds the names of those it refers to.
  const options = { registry: {}, typeHook };
  for (const reference of references) avro.Type.forSchema(JSON.parse(reference.definition), options);
  const type = avro.Type.forSchema(JSON.parse(definition), options);
  return (payload) => toJson(type.fromBuffer(payload));
}

/** Numbers of 64 bits as they are: avsc itself refuses those that JavaScript's numbers cannot hold. */
const LONG = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value: number) => BigInt(value),
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

function typeHook(schema: unknown): avro.Type | undefined {
  const isLong = schema === 'long' || (isObject(schema) && schema.type === 'long');
  return isLong ? LONG : undefined;
}

/** Numbers of 64 bits in full, bytes as in Avro's own JSON (one character for each), unions without the names of branches. */
function toJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return JSON.stringify(value.toString('latin1'));
  if (Array.isArray(value)) return `[${value.map(toJson).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  // avsc names the branch where the types of a union have one JavaScript type. Data is never a function.
  if (typeof value.unwrap === 'function') return toJson(value.unwrap());
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${toJson(one)}`)
    .join()}}`;
}

function createJsonDecoder({ definition, references }: RegisteredSchema): Decode {
  const schema: unknown = JSON.parse(definition);
  const referred = references.map(({ name, definition }) => ({ name, schema: JSON.parse(definition) as unknown }));
  const dialect = [schema, ...referred.map((one) => one.schema)].map(dialectOf).find((one) => one !== '') ?? '';
  const isDraft4 = /draft-04/.test(dialect);
  const options = { strict: false, validateFormats: false, validateSchema: false, logger: false } as const;
  const ajv = isDraft4
    ? new draft4.default(options)
    : /2020-12/.test(dialect)
      ? new Ajv2020(options)
      : /2019-09/.test(dialect)
        ? new Ajv2019(options)
        : new Ajv(options);
  // Ajv refuses dialects that it was not made for, and draft 4's `id` anywhere else.
  const usable = (one: unknown): object | true => {
    if (!isObject(one)) return true;
    const { $schema: _, id, ...rest } = one;
    return isDraft4 && id !== undefined ? { ...rest, id } : rest;
  };
  for (const { name, schema } of referred) ajv.addSchema(usable(schema), name);
  const validate: ValidateFunction = ajv.compile(usable(schema));
  return (payload) => {
    const json = payload.toString('utf8');
    if (!validate(JSON.parse(json))) throw new Error(ajv.errorsText(validate.errors));
    return json;
  };
}

function dialectOf(schema: unknown): string {
  return isObject(schema) && typeof schema.$schema === 'string' ? schema.$schema : '';
}

function createProtobufDecoder(kind: 'confluent' | 'glue', { definition, references }: RegisteredSchema): Decode {
  const root = new protobuf.Root();
  const imported = references.map((reference) => protobuf.parse(reference.definition, root));
  const parsed = protobuf.parse(definition, root);
  for (const { imports = [], weakImports = [] } of [...imported, parsed]) {
    for (const name of [...imports, ...weakImports]) {
      const common = protobuf.common.get(name);
      if (common?.nested !== undefined) root.addJSON(common.nested);
    }
  }
  root.resolveAll();
  useWellKnownJson(root);
  const top = parsed.package === undefined ? root : root.lookup(parsed.package);
  if (!(top instanceof protobuf.Namespace)) throw new Error('the schema has no messages');
  const ownNames = namesIn(definition);
  const messagesOf = (parent: protobuf.NamespaceBase): protobuf.Type[] =>
    parent.nestedArray.filter((one): one is protobuf.Type => one instanceof protobuf.Type);
  // The package may hold messages of imported schemas, too.
  const topLevel = messagesOf(top).filter(({ name }) => ownNames.includes(name));

  function byPath(path: readonly number[]): protobuf.Type | undefined {
    const [first = 0, ...rest] = path;
    return rest.reduce<protobuf.Type | undefined>(
      (type, index) => (type === undefined ? undefined : messagesOf(type)[index]),
      topLevel[first],
    );
  }
  function byIndex(index: number): protobuf.Type | undefined {
    const all: protobuf.Type[] = [...topLevel];
    for (const type of all) all.push(...messagesOf(type));
    return all.sort((a, b) => (a.fullName < b.fullName ? -1 : 1))[index];
  }

  return (payload) => {
    const indexed = kind === 'confluent' ? readConfluentIndexes(payload) : readGlueIndex(payload);
    const type = 'path' in indexed ? byPath(indexed.path) : byIndex(indexed.index);
    if (type === undefined) throw new Error('the schema has no message with these indexes');
    // As Protobuf's own JSON: names in camel case, 64 bits and enums as strings, bytes in base64.
    const options = { longs: String, enums: String, bytes: String, json: true, oneofs: false };
    return JSON.stringify(type.toObject(type.decode(indexed.message), options));
  };
}

/** The names of messages at the top of a schema, in order. */
function namesIn(definition: string): string[] {
  const own = protobuf.parse(definition, new protobuf.Root());
  const top = own.package === undefined ? own.root : own.root.lookup(own.package);
  if (!(top instanceof protobuf.Namespace)) return [];
  return top.nestedArray.filter((one) => one instanceof protobuf.Type).map(({ name }) => name);
}
