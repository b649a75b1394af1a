import { getConfig } from '#shared/config/config.ts';
import { openKafka } from '#shared/kafka/kafka-client.ts';
import { prefixed } from '#shared/kafka/records.ts';
import { PARTITIONS, RETENTION_MS, TOPICS } from './topics.ts';

/** Creates missing topics and returns their names. Does not change existing ones. */
export async function createTopics(): Promise<string[]> {
  const { KAFKA_REPLICATION_FACTOR: replicationFactor, KAFKA_MIN_INSYNC_REPLICAS: minInsync } = getConfig();
  const admin = await openKafka(async (kafka) => {
    const opening = kafka.admin();
    await opening.connect();
    return opening;
  });
  try {
    const existing = new Set(await admin.listTopics());
    const missing = TOPICS.map(prefixed).filter((topic) => !existing.has(topic));
    if (missing.length === 0) return [];
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic,
        numPartitions: PARTITIONS,
        replicationFactor,
        configEntries: [
          { name: 'retention.ms', value: String(RETENTION_MS) },
          { name: 'min.insync.replicas', value: String(minInsync) },
        ],
      })),
    });
    return missing;
  } finally {
    await admin.disconnect();
  }
}
