import { inflateSync } from 'node:zlib';

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
export function readConfluentIndexes(payload: Buffer): IndexedMessage {
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
export function readGlueIndex(payload: Buffer): { readonly index: number; readonly message: Buffer } {
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
