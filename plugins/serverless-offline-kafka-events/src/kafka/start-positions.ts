import type { Admin, Kafka } from 'kafkajs';
import type { Mapping } from '../config/mapping.ts';
import { readFirstPartitions } from './first-partitions.ts';
import { type PartitionPosition, readCommitted, startOffset } from './start-offset.ts';
import { within } from './within.ts';

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

/** Asks the broker afresh: an admin client of kafkajs that is kept never sees partitions that are added later. */
export async function fetchPositions(
  kafka: Kafka,
  mapping: Pick<Mapping, 'topic' | 'groupId' | 'startingPosition' | 'startingTimestampMs'>,
  history: TopicHistory,
): Promise<GroupPositions> {
  return withAdmin(kafka, async (admin) => {
    const { topic, groupId } = mapping;
    const [ends, groups] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId, topics: [topic] }),
    ]);
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
