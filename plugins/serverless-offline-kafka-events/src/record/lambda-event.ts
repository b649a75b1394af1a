import type { Mapping } from '../config/mapping.ts';
import type { PolledRecord, SchemaMetadata, TimestampType } from './polled-record.ts';

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
