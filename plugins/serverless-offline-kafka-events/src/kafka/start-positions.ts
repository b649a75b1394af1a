import type { Admin, Kafka } from 'kafkajs';
import type { Mapping } from '../config/mapping.ts';
import { type PartitionPosition, readCommitted, startOffset } from './start-offset.ts';

export interface TopicHistory {
  /** Partitions that existed when the mapping first saw the topic; null: the mapping was there before the topic. */
  readonly originalPartitions: ReadonlySet<number> | null;
  /** Set when the mapping began before it could see the topic for the first time: LATEST then means from this moment on. */
  readonly watchingSinceMs: number | null;
}

/** Asks the broker afresh: an admin client of kafkajs that is kept never sees partitions that are added later. */
export async function fetchPositions(
  kafka: Kafka,
  mapping: Pick<Mapping, 'topic' | 'groupId' | 'startingPosition' | 'startingTimestampMs'>,
  history: TopicHistory,
): Promise<Map<number, PartitionPosition>> {
  return withAdmin(kafka, async (admin) => {
    const { topic, groupId } = mapping;
    const [ends, groups] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId, topics: [topic] }),
    ]);
    const committed = new Map(
      groups.flatMap((group) => group.partitions.map((one) => [one.partition, Number(one.offset)])),
    );
    const isEstablished = [...committed.values()].some((offset) => offset >= 0);
    const timestamps = await offsetsByTimestamp(admin, topic, timestampOf(mapping, history));
    return new Map(
      ends.map(({ partition, low, high }) => {
        const start = startOffset({
          startingPosition: mapping.startingPosition,
          isNewerThanMapping: isEstablished || history.originalPartitions?.has(partition) !== true,
          earliest: Number(low),
          latest: Number(high),
          atTimestamp: timestamps.get(partition) ?? null,
        });
        return [
          partition,
          readCommitted({
            committed: committed.get(partition) ?? -1,
            start,
            earliest: Number(low),
            latest: Number(high),
          }),
        ];
      }),
    );
  });
}

export async function withAdmin<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin({ retry: { retries: 1, initialRetryTime: 100 } });
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function timestampOf(
  mapping: Pick<Mapping, 'startingPosition' | 'startingTimestampMs'>,
  history: TopicHistory,
): number | null {
  if (mapping.startingPosition === 'AT_TIMESTAMP') return mapping.startingTimestampMs ?? null;
  return mapping.startingPosition === 'LATEST' && history.originalPartitions !== null ? history.watchingSinceMs : null;
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
