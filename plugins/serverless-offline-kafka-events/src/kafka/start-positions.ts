import type { Admin, Kafka } from 'kafkajs';
import type { Mapping } from '../config/mapping.ts';
import { within } from '../support/timing.ts';
import type { BrokerDirectory } from './kafka-client.ts';

export interface TopicHistory {
  /** How many partitions there were when the mapping first saw the topic; 0: the mapping was there before the topic. */
  readonly firstPartitions: number;
  /** Set when the mapping began before it could see the topic for the first time: LATEST then means from this moment on. */
  readonly watchingSinceMs: number | null;
}

export interface GroupPositions {
  readonly byPartition: ReadonlyMap<number, PartitionPosition>;
  /** How many partitions there were when the mapping first started, be it in an earlier process. */
  readonly firstPartitions: number;
}

export interface PositionsInput {
  readonly kafka: Kafka;
  readonly mapping: Pick<Mapping, 'topic' | 'groupId' | 'startingPosition' | 'startingTimestampMs'>;
  readonly brokers: BrokerDirectory;
  readonly history: TopicHistory;
}

/** Connects anew each time: an admin client of kafkajs never sees partitions that are added while it is open. */
export async function fetchPositions({ kafka, mapping, brokers, history }: PositionsInput): Promise<GroupPositions> {
  return withAdmin(kafka, async (admin) => {
    const { topic, groupId } = mapping;
    const [ends, groups, cluster] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId, topics: [topic] }),
      admin.describeCluster(),
    ]);
    brokers.learn(cluster.brokers);
    const group = groups.flatMap((one) => one.partitions);
    const committed = new Map(group.map((one) => [one.partition, Number(one.offset)]));
    const firstPartitions = readFirstPartitions(group.map((one) => one.metadata)) ?? history.firstPartitions;
    const timestamps = await offsetsByTimestamp(admin, topic, timestampOf(mapping, history));
    const byPartition = new Map(
      ends.map(({ partition, low, high }) => {
        const start = startOffset({
          startingPosition: mapping.startingPosition,
          isNewerThanMapping: partition >= firstPartitions,
          earliest: Number(low),
          latest: Number(high),
          atTimestamp: timestamps.get(partition) ?? null,
        });
        const position = { start, earliest: Number(low), latest: Number(high) };
        return [partition, readCommitted({ ...position, committed: committed.get(partition) ?? -1 })];
      }),
    );
    return { byPartition, firstPartitions };
  });
}

/** What an admin client may take from its connection to its answer. */
const ADMIN_LIMIT_MS = 20_000;
const DISCONNECT_LIMIT_MS = 2_000;

/** @throws what the broker says, or that it said nothing */
export async function withAdmin<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin({ retry: { retries: 1, initialRetryTime: 100 } });
  const ask = async () => {
    await admin.connect();
    return use(admin);
  };
  try {
    return await within(ADMIN_LIMIT_MS, 'asking the broker', ask());
  } finally {
    await within(DISCONNECT_LIMIT_MS, 'disconnecting', admin.disconnect()).catch(() => undefined);
  }
}

function timestampOf(
  mapping: Pick<Mapping, 'startingPosition' | 'startingTimestampMs'>,
  history: TopicHistory,
): number | null {
  if (mapping.startingPosition === 'AT_TIMESTAMP') return mapping.startingTimestampMs ?? null;
  return mapping.startingPosition === 'LATEST' && history.firstPartitions > 0 ? history.watchingSinceMs : null;
}

async function offsetsByTimestamp(
  admin: Admin,
  topic: string,
  timestampMs: number | null,
): Promise<Map<number, number>> {
  if (timestampMs === null) return new Map();
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
  return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
}

export interface StartOffsetInput {
  readonly startingPosition: Mapping['startingPosition'];
  /** The partition did not exist when the mapping first started: all it holds is newer than the mapping. */
  readonly isNewerThanMapping: boolean;
  readonly earliest: number;
  readonly latest: number;
  /** First offset at or after the starting timestamp, where there is one. */
  readonly atTimestamp: number | null;
}

/** Where a partition without a committed offset starts. https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html */
export function startOffset(input: StartOffsetInput): number {
  if (input.startingPosition === 'TRIM_HORIZON') return input.earliest;
  if (input.startingPosition === 'LATEST' && input.isNewerThanMapping) return input.earliest;
  return input.atTimestamp ?? (input.isNewerThanMapping ? input.earliest : input.latest);
}

/** Where the group stands in one partition; `committed` is −1 when it never committed. */
export interface PartitionPosition {
  readonly committed: number;
  readonly start: number;
  readonly earliest: number;
  readonly latest: number;
}

/** What kafkajs itself commits where an offset is out of range; it means the oldest one left. */
const KAFKAJS_EARLIEST = -2;

/** A committed offset beyond the end is kept: a broker that has just restarted tells an end that is too low. */
export function readCommitted(position: PartitionPosition): PartitionPosition {
  const { committed, earliest } = position;
  if (committed === KAFKAJS_EARLIEST) return { ...position, committed: -1, start: earliest };
  return committed < 0 ? { ...position, committed: -1 } : position;
}

const FORM = /^serverless-offline-kafka-events: (\d+) partitions at first$/;

/**
 * LATEST means the end of each partition that was there when the mapping first started, and the beginning of each that came
 * later. A restart could not tell them apart, so every commit carries, as its metadata, how many there were at first.
 */
export function firstPartitionsMetadata(count: number): string {
  return `serverless-offline-kafka-events: ${count} partitions at first`;
}

/** From the metadata of what the group has committed; null when nothing of it is ours: the mapping never ran before. */
export function readFirstPartitions(metadata: Iterable<string | null>): number | null {
  for (const text of metadata) {
    const count = FORM.exec(text ?? '')?.[1];
    if (count !== undefined) return Number(count);
  }
  return null;
}
