import { NotPublishedError, type OutgoingMessage, type Publish } from '#shared/kafka/producer.ts';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { GENERATION_HEADER } from '#shared/kafka/signature.ts';
import { TOPICS } from '#shared/messages/topics.ts';
import { effect } from '#shared/runtime/effects.ts';

const PARTITIONS = 3;

export type Topic = (typeof TOPICS)[number];

/**
 * The outcome of a publication: with `deaf` the messages are stored, but the acknowledgement is lost; with `leaderless` all are
 * stored but those of the first partition.
 */
export type BrokerAnswer = 'taken' | 'away' | 'deaf' | 'leaderless';

export interface Batch {
  readonly topic: Topic;
  readonly records: readonly RawRecord[];
  /** Commits the batch: moves the group's positions past it. */
  acknowledge(): void;
}

function base64(text: string | Buffer): string {
  return Buffer.from(text).toString('base64');
}

/** A log per partition, and the position of the one group that reads it. */
export function simulatedKafka() {
  const logs = new Map<string, RawRecord[][]>();
  const positions = new Map<string, number[]>();
  const partitionOf = new Map<string, number>();
  for (const topic of TOPICS) {
    logs.set(
      topic,
      Array.from({ length: PARTITIONS }, () => []),
    );
    positions.set(
      topic,
      Array.from({ length: PARTITIONS }, () => 0),
    );
  }
  const repeated = new Set<RawRecord>();
  const script: BrokerAnswer[] = [];

  const partitionFor = ({ key }: OutgoingMessage): number => {
    const name = String(key);
    const partition = partitionOf.get(name) ?? partitionOf.size % PARTITIONS;
    partitionOf.set(name, partition);
    return partition;
  };
  const append = (topic: string, message: OutgoingMessage): void => {
    const { key, value, headers } = message;
    const partition = partitionFor(message);
    const log = logs.get(topic)?.[partition];
    log?.push({
      topic,
      partition,
      offset: log.length,
      timestamp: Date.now(),
      key: key === null ? null : base64(key),
      value: base64(value),
      headers: Object.entries(headers).map(([header, text]) => ({ [header]: [...Buffer.from(text)] })),
    });
  };

  const write = async (topic: string, messages: readonly OutgoingMessage[]): Promise<void> => {
    const answer = script.shift();
    if (answer === 'away') throw new Error('broker away');
    const missing = answer === 'leaderless' ? messages.filter((message) => partitionFor(message) === 0) : [];
    for (const message of messages) if (!missing.includes(message)) append(topic, message);
    if (missing.length > 0) throw new NotPublishedError(topic, missing, 'no leader');
    if (answer === 'deaf') throw new Error('no acknowledgement');
  };
  const publish: Publish = async (name, topic, messages) => {
    if (messages.length > 0) await effect(name, () => write(topic, messages));
  };

  return {
    publish,
    answerNext: (answer: BrokerAnswer): void => void script.push(answer),
    behave: (): void => void script.splice(0),
    all: (topic: Topic): RawRecord[] => logs.get(topic)?.flat() ?? [],
    /** The generation of every message of the event on the topic, without those written by `repeat`. */
    generationsOf: (topic: Topic, uuid: string): number[] =>
      (logs.get(topic) ?? [])
        .flat()
        .filter((record) => !repeated.has(record))
        .map(decodeRecord)
        .filter(({ key }) => key === uuid)
        .map(({ headers }) => Number(headers[GENERATION_HEADER] ?? 0)),

    /** The topics with undelivered records. */
    withNext: (): Topic[] =>
      TOPICS.filter((topic) => logs.get(topic)?.some((log, n) => log.length > (positions.get(topic)?.[n] ?? 0))),

    /** The group's next batch, limited to the given number of records per partition. */
    next(topic: Topic, limit: number): Batch {
      const at = positions.get(topic) ?? [];
      const records = (logs.get(topic) ?? []).flatMap((log, n) => log.slice(at[n] ?? 0, (at[n] ?? 0) + limit));
      return {
        topic,
        records,
        acknowledge() {
          for (const { partition, offset } of records) at[partition] = Math.max(at[partition] ?? 0, offset + 1);
        },
      };
    },

    /** Moves the group's positions back, so that it reads again. */
    rewind(topic: Topic, records: number): void {
      positions.set(topic, positions.get(topic)?.map((position) => Math.max(0, position - records)) ?? []);
    },

    /** Writes a message of another producer. */
    writeForeign: (topic: Topic, message: OutgoingMessage): void => append(topic, message),

    /** Writes a record again, for example a replayed old dead letter. */
    repeat(topic: Topic, pick: number): void {
      const records = (logs.get(topic) ?? []).flat();
      const record = records[pick % records.length];
      const log = record === undefined ? undefined : logs.get(topic)?.[record.partition];
      if (record === undefined || log === undefined) return;
      const copy = { ...record, offset: log.length };
      repeated.add(copy);
      log.push(copy);
    },
  };
}

export type SimulatedKafka = ReturnType<typeof simulatedKafka>;
