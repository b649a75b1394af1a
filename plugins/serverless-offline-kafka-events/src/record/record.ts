import type { Mapping } from '../config/mappings.ts';

export type TimestampType = 'CREATE_TIME' | 'LOG_APPEND_TIME';

export type RecordHeader = readonly [name: string, value: Uint8Array | null];

/** A record as read from the broker. */
export interface PolledRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly timestampType: TimestampType;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
  /** The key as it was read, where a schema registry has replaced it. */
  readonly originalKey?: Buffer | null;
  readonly keySchemaMetadata?: SchemaMetadata;
  readonly valueSchemaMetadata?: SchemaMetadata;
}

/** Which schema a key or a value was validated with. */
export interface SchemaMetadata {
  readonly dataFormat: 'AVRO' | 'PROTOBUF' | 'JSON';
  readonly schemaId: string;
}

/** One record of the event, as Lambda's Kafka event source mapping writes it. */
export interface LambdaKafkaRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  timestampType: TimestampType;
  key?: string;
  value?: string;
  headers: Record<string, number[]>[];
  /** With `schemaRegistryConfig`, of the attributes that it validates. */
  keySchemaMetadata?: SchemaMetadata;
  valueSchemaMetadata?: SchemaMetadata;
}

/** The event that a function receives. https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html */
export interface LambdaKafkaEvent {
  eventSource: 'SelfManagedKafka' | 'aws:kafka';
  eventSourceArn?: string;
  bootstrapServers: string;
  records: Record<string, LambdaKafkaRecord[]>;
}

export type EventSource = Pick<Mapping, 'eventSource' | 'eventSourceArn' | 'brokers'>;

/** The key of a partition in `records` and in `batchItemFailures`. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** Builds a new event for each invocation, because a handler in this process may change it. */
export function toLambdaEvent(source: EventSource, records: readonly PolledRecord[]): LambdaKafkaEvent {
  const byPartition: Record<string, LambdaKafkaRecord[]> = {};
  for (const record of records) {
    const key = partitionKey(record.topic, record.partition);
    const list = byPartition[key];
    if (list === undefined) byPartition[key] = [toLambdaRecord(record)];
    else list.push(toLambdaRecord(record));
  }
  return {
    eventSource: source.eventSource,
    ...(source.eventSourceArn === undefined ? {} : { eventSourceArn: source.eventSourceArn }),
    bootstrapServers: source.brokers.join(','),
    records: byPartition,
  };
}

/** A null key or value becomes an absent field, an empty one `""`. */
export function toLambdaRecord(record: PolledRecord): LambdaKafkaRecord {
  // The order of fields is that of AWS.
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    timestamp: record.timestamp,
    timestampType: record.timestampType,
    ...(record.key === null ? {} : { key: record.key.toString('base64') }),
    ...(record.value === null ? {} : { value: record.value.toString('base64') }),
    headers: record.headers.map(([name, value]) => toLambdaHeader(name, value)),
    ...(record.keySchemaMetadata === undefined ? {} : { keySchemaMetadata: { ...record.keySchemaMetadata } }),
    ...(record.valueSchemaMetadata === undefined ? {} : { valueSchemaMetadata: { ...record.valueSchemaMetadata } }),
  };
}

/** Java's bytes are signed, and so are the header bytes that Lambda writes. */
function toLambdaHeader(name: string, value: Uint8Array | null): Record<string, number[]> {
  const bytes = value === null ? [] : Array.from(value, (byte) => (byte > 127 ? byte - 256 : byte));
  // A computed key, so that a header named __proto__ stays a header.
  return { [name]: bytes };
}

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
