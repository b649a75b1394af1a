import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { getConfig } from '#shared/config/config.ts';
import { openKafka } from '#shared/kafka/kafka-client.ts';
import { prefixed } from '#shared/kafka/records.ts';
import { RETENTION_MS, TOPICS } from './topics.ts';

/**
 * What the guarantees need. Longer, and a replayed message could name an event that was purged; shorter, or bounded by size, and
 * messages would end before their consumer's outage does.
 */
const RETENTION: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'retention.ms': String(RETENTION_MS),
  'retention.bytes': '-1',
};

/** In kafkajs' answers: the topic's own setting, not a default of the broker. */
const OWN_SETTING = 1;

/** Creates missing topics, and corrects retention and partitions of existing ones. Returns a line for each change. */
export async function createTopics(): Promise<string[]> {
  const admin = await openKafka(async (kafka) => {
    const opening = kafka.admin();
    await opening.connect();
    return opening;
  });
  try {
    const found = new Set(await admin.listTopics());
    const topics = TOPICS.map(prefixed);
    const created = await create(
      admin,
      topics.filter((topic) => !found.has(topic)),
    );
    const existing = topics.filter((topic) => found.has(topic));
    const corrected = await correct(admin, existing);
    const { KAFKA_PARTITIONS: partitions } = getConfig();
    const grown = await growTopics(admin, existing, partitions);
    return [...created, ...corrected, ...grown.map((topic) => `grew ${topic} to ${partitions} partitions`)];
  } finally {
    await admin.disconnect();
  }
}

async function create(admin: Admin, missing: readonly string[]): Promise<string[]> {
  if (missing.length === 0) return [];
  const {
    KAFKA_PARTITIONS: numPartitions,
    KAFKA_REPLICATION_FACTOR: replicationFactor,
    KAFKA_MIN_INSYNC_REPLICAS: minInsync,
  } = getConfig();
  const own = minInsync === undefined ? {} : { 'min.insync.replicas': String(minInsync) };
  const configEntries = Object.entries({ ...RETENTION, ...own });
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map((topic) => ({
      topic,
      numPartitions,
      replicationFactor,
      configEntries: configEntries.map(([name, value]) => ({ name, value })),
    })),
  });
  return missing.map((topic) => `created ${topic}`);
}

async function correct(admin: Admin, existing: readonly string[]): Promise<string[]> {
  if (existing.length === 0) return [];
  const named = existing.map((name) => ({ type: ConfigResourceTypes.TOPIC, name }));
  const { resources } = await admin.describeConfigs({ resources: named, includeSynonyms: false });
  // MSK Serverless accepts the policy only when a topic is created, and refuses a request that names it.
  const isManaged = getConfig().KAFKA_MIN_INSYNC_REPLICAS === undefined;
  const changes = resources.flatMap(({ resourceName, configEntries }) => {
    const values = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    if (Object.entries(RETENTION).every(([name, value]) => values.get(name) === value)) return [];
    // The request replaces all of the topic's own settings.
    const kept = configEntries.filter(({ configSource }) => Number(configSource) === OWN_SETTING);
    const wanted = { ...Object.fromEntries(kept.map((entry) => [entry.configName, entry.configValue])), ...RETENTION };
    const isSettled = isManaged && values.get('cleanup.policy') === RETENTION['cleanup.policy'];
    const entries = Object.entries(wanted).filter(([name]) => !(isSettled && name === 'cleanup.policy'));
    return [{ resourceName, entries: entries.map(([name, value]) => ({ name, value })) }];
  });
  if (changes.length === 0) return [];
  await admin.alterConfigs({
    validateOnly: false,
    resources: changes.map(({ resourceName: name, entries }) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configEntries: entries,
    })),
  });
  return changes.map(({ resourceName }) => `corrected the retention of ${resourceName}`);
}

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
