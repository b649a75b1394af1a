import { getConfig } from '#shared/config/config.ts';
import { parseTraceparent, type TraceContext } from '#shared/observability/trace-context.ts';

/** A decoded record of an event source mapping's payload. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  /** The last value of each header, as text. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The payload of a Kafka event source mapping (https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html). */
export interface KafkaEvent {
  readonly eventSource: string;
  readonly bootstrapServers?: string;
  readonly records: Readonly<Record<string, readonly RawRecord[]>>;
}

export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType?: string;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: ReadonlyArray<Readonly<Record<string, readonly number[]>>>;
}

function decode(base64: string | null | undefined): string | null {
  return base64 === null || base64 === undefined ? null : Buffer.from(base64, 'base64').toString('utf8');
}

/** Lambda encodes header bytes as signed numbers. */
function headerText(bytes: readonly number[]): string {
  return Buffer.from(bytes.map((byte) => byte & 0xff)).toString('utf8');
}

/** The last value of each header. */
export function headersOf(raw: RawRecord): Record<string, string> {
  return Object.fromEntries(
    (raw.headers ?? []).flatMap((entry) => Object.entries(entry).map(([name, bytes]) => [name, headerText(bytes)])),
  );
}

/** The trace that a record continues, if its headers name one. */
export function traceOf(raw: RawRecord): TraceContext | undefined {
  return parseTraceparent(headersOf(raw)['traceparent']);
}

export function decodeRecord(raw: RawRecord): KafkaRecord {
  const { topic, partition, offset, timestamp } = raw;
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: decode(raw.key),
    value: decode(raw.value),
    headers: headersOf(raw),
  };
}

/** Every record of the payload; one payload may mix partitions. */
export function recordsOf(event: KafkaEvent): RawRecord[] {
  return Object.values(event.records).flat();
}

/** The topic's name on the broker. */
export function prefixed(topic: string): string {
  return `${getConfig().TOPIC_PREFIX}${topic}`;
}

/** The topic's name without the prefix. */
export function unprefixed(topic: string): string {
  const { TOPIC_PREFIX } = getConfig();
  return topic.startsWith(TOPIC_PREFIX) ? topic.slice(TOPIC_PREFIX.length) : topic;
}
