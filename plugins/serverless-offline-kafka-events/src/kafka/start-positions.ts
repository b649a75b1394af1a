import type { Admin, Kafka } from 'kafkajs';
import type { Mapping } from '../config/mappings.ts';
import { within } from '../support/timing.ts';
import type { BrokerDirectory } from './kafka-client.ts';

export interface TopicHistory {
  /** Number of partitions when the mapping first saw the topic; 0 when the mapping is older than the topic. */
  readonly firstPartitions: number;
  /** Set when the mapping started before the broker answered: LATEST then means this moment. */
  readonly watchingSinceMs: number | null;
}

export interface GroupPositions {
  readonly byPartition: ReadonlyMap<number, PartitionPosition>;
  /** Number of partitions when the mapping first started, possibly in an earlier process. */
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

/** Limit for an admin client, from connecting to the answer. */
const ADMIN_LIMIT_MS = 20_000;
const DISCONNECT_LIMIT_MS = 2_000;

/** @throws the broker's error, or a timeout */
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
  /** Whether the partition was created after the mapping first started. */
  readonly isNewerThanMapping: boolean;
  readonly earliest: number;
  readonly latest: number;
  /** First offset at or after the starting timestamp, if any. */
  readonly atTimestamp: number | null;
}

/** Where a partition without a committed offset starts. https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html */
export function startOffset(input: StartOffsetInput): number {
  if (input.startingPosition === 'TRIM_HORIZON') return input.earliest;
  if (input.startingPosition === 'LATEST' && input.isNewerThanMapping) return input.earliest;
  return input.atTimestamp ?? (input.isNewerThanMapping ? input.earliest : input.latest);
}

/** The group's position in one partition. `committed` is −1 when the group never committed. */
export interface PartitionPosition {
  readonly committed: number;
  readonly start: number;
  readonly earliest: number;
  readonly latest: number;
}

/** kafkajs itself commits −2 for an offset out of range, meaning the oldest record left. */
const KAFKAJS_EARLIEST = -2;

/** Keeps a committed offset beyond the end: a broker that has just restarted may report an end that is too low. */
export function readCommitted(position: PartitionPosition): PartitionPosition {
  const { committed, earliest } = position;
  if (committed === KAFKAJS_EARLIEST) return { ...position, committed: -1, start: earliest };
  return committed < 0 ? { ...position, committed: -1 } : position;
}

const FORM = /^serverless-offline-kafka-events: (\d+) partitions at first$/;

/**
 * LATEST means the end of each partition that existed when the mapping first started, and the beginning of each later one.
 * A restart could not tell them apart, so the metadata of every commit carries the first number of partitions.
 */
export function firstPartitionsMetadata(count: number): string {
  return `serverless-offline-kafka-events: ${count} partitions at first`;
}

/** Reads the number from the group's commits. Null when none is ours: the mapping never ran before. */
export function readFirstPartitions(metadata: Iterable<string | null>): number | null {
  for (const text of metadata) {
    const count = FORM.exec(text ?? '')?.[1];
    if (count !== undefined) return Number(count);
  }
  return null;
}
