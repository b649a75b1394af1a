import type { EventSource } from './lambda-event.ts';
import type { PolledRecord, SchemaMetadata } from './polled-record.ts';

/** The largest payload of an invocation. https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html */
export const MAXIMUM_PAYLOAD_BYTES = 6 * 1024 * 1024;

const RECORD_FRAME = '{"topic":,"partition":,"offset":,"timestamp":,"timestampType":"","headers":[]}'.length;
const KEY_FRAME = '"key":"",'.length;
const VALUE_FRAME = '"value":"",'.length;
const KEY_SCHEMA_FRAME = ',"keySchemaMetadata":{"dataFormat":"","schemaId":""}'.length;
const VALUE_SCHEMA_FRAME = ',"valueSchemaMetadata":{"dataFormat":"","schemaId":""}'.length;

/** Bytes of the event's JSON without any record, for records of one partition. */
export function emptyEventBytes(source: EventSource, topic: string, partition: number): number {
  const empty = {
    eventSource: source.eventSource,
    ...(source.eventSourceArn === undefined ? {} : { eventSourceArn: source.eventSourceArn }),
    bootstrapServers: source.brokers.join(','),
    records: { [`${topic}-${partition}`]: [] },
  };
  return Buffer.byteLength(JSON.stringify(empty));
}

/** Bytes of the record's JSON, without a comma. Counted instead of serialized, because every polled record needs it. */
export function recordJsonBytes(record: PolledRecord): number {
  let bytes =
    RECORD_FRAME +
    stringBytes(record.topic) +
    digits(record.partition) +
    digits(record.offset) +
    digits(record.timestamp) +
    record.timestampType.length;
  if (record.key !== null) bytes += KEY_FRAME + base64Length(record.key.length);
  if (record.value !== null) bytes += VALUE_FRAME + base64Length(record.value.length);
  if (record.headers.length > 0) bytes += headersBytes(record.headers);
  if (record.keySchemaMetadata !== undefined) bytes += KEY_SCHEMA_FRAME + metadataBytes(record.keySchemaMetadata);
  if (record.valueSchemaMetadata !== undefined) bytes += VALUE_SCHEMA_FRAME + metadataBytes(record.valueSchemaMetadata);
  return bytes;
}

function metadataBytes({ dataFormat, schemaId }: SchemaMetadata): number {
  return dataFormat.length + schemaId.length;
}

function headersBytes(headers: PolledRecord['headers']): number {
  let bytes = headers.length - 1;
  for (const [name, value] of headers) {
    bytes += '{:[]}'.length + stringBytes(name);
    if (value === null || value.length === 0) continue;
    bytes += value.length - 1;
    for (const byte of value) bytes += digits(byte > 127 ? byte - 256 : byte);
  }
  return bytes;
}

const knownStrings = new Map<string, number>();

/** Includes the quotes. Caches a few hundred strings, because topics and header names repeat. */
function stringBytes(text: string): number {
  const known = knownStrings.get(text);
  if (known !== undefined) return known;
  const bytes = Buffer.byteLength(JSON.stringify(text));
  if (knownStrings.size > 500) knownStrings.clear();
  knownStrings.set(text, bytes);
  return bytes;
}

function digits(value: number): number {
  return String(value).length;
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
