import type { Admin } from 'kafkajs';
import { getConfig } from '#shared/config/config.ts';
import { openKafka } from '#shared/kafka/kafka-client.ts';
import { prefixed } from '#shared/kafka/records.ts';
import { RETENTION_MS, TOPICS } from './topics.ts';

/**
 * Adds partitions to topics that have fewer. Order does not matter to the consumers, so a key may move to another partition.
 * @returns the topics that grew
 */
export async function growTopics(admin: Admin, names: string[], partitions: number): Promise<string[]> {
  if (names.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const short = topics.filter((topic) => topic.partitions.length < partitions).map(({ name }) => name);
  if (short.length === 0) return [];
  await admin.createPartitions({ topicPartitions: short.map((topic) => ({ topic, count: partitions })) });
  return short;
}

/**
 * Creates missing topics and grows the others; leaves their other settings.
 * @returns what was done, one entry per topic
 */
export async function createTopics(): Promise<string[]> {
  const {
    KAFKA_PARTITIONS: partitions,
    KAFKA_REPLICATION_FACTOR: replicationFactor,
    KAFKA_MIN_INSYNC_REPLICAS: minInsync,
  } = getConfig();
  const admin = await openKafka(async (kafka) => {
    const opening = kafka.admin();
    await opening.connect();
    return opening;
  });
  try {
    const existing = new Set(await admin.listTopics());
    const missing = TOPICS.map(prefixed).filter((topic) => !existing.has(topic));
    const present = TOPICS.map(prefixed).filter((topic) => existing.has(topic));
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries: [
            { name: 'retention.ms', value: String(RETENTION_MS) },
            { name: 'min.insync.replicas', value: String(minInsync) },
          ],
        })),
      });
    }
    const grown = await growTopics(admin, present, partitions);
    return [
      ...missing.map((topic) => `created ${topic}`),
      ...grown.map((topic) => `grew ${topic} to ${partitions} partitions`),
    ];
  } finally {
    await admin.disconnect();
  }
}
