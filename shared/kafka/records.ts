/** One Kafka record of an event source mapping's payload, decoded. */
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

/** What Lambda hands to a Kafka consumer (https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html). */
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

const decode = (base64: string | null | undefined): string | null =>
  base64 === null || base64 === undefined ? null : Buffer.from(base64, 'base64').toString('utf8');

/** Lambda writes the bytes of a header signed. */
const headerText = (bytes: readonly number[]): string => Buffer.from(bytes.map((byte) => byte & 0xff)).toString('utf8');

const headersOf = (raw: RawRecord): Record<string, string> =>
  Object.fromEntries(
    (raw.headers ?? []).flatMap((entry) => Object.entries(entry).map(([name, bytes]) => [name, headerText(bytes)])),
  );

export const decodeRecord = (raw: RawRecord): KafkaRecord => ({
  topic: raw.topic,
  partition: raw.partition,
  offset: raw.offset,
  timestamp: raw.timestamp,
  key: decode(raw.key),
  value: decode(raw.value),
  headers: headersOf(raw),
});

/** Every record of the payload; one payload may mix partitions. */
export const recordsOf = (event: KafkaEvent): RawRecord[] => Object.values(event.records).flat();
