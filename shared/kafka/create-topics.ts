import { getConfig } from '#shared/config/config.ts';
import { PARTITIONS, prefixed, RETENTION_MS, TOPICS } from '#shared/messages/topics.ts';
import { openKafka } from './kafka-client.ts';

/** Creates the topics that are missing and returns their names. Existing ones are left as they are. */
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
