import type { Admin, Kafka } from 'kafkajs';
import type { Mapping } from '../config/mappings.ts';
import type { TopicSettings } from '../config/settings.ts';
import type { Log } from '../support/log.ts';
import type { Waiter } from '../support/timing.ts';
import { describeError } from '../support/value.ts';
import type { BrokerDirectory } from './kafka-client.ts';
import { type TopicHistory, withAdmin } from './start-positions.ts';

const LOOK_EVERY_MS = 1_000;
const REMIND_EVERY_MS = 30_000;

/** Waits for the broker and the topic, and remembers the topic's size when the mapping started. */
export interface TopicWatch {
  untilTopicExists(waiter: Waiter): Promise<void>;
  history(): TopicHistory;
}

export interface TopicWatchOptions {
  readonly kafka: Kafka;
  readonly mapping: Pick<Mapping, 'topic' | 'functionKey' | 'brokers'>;
  readonly brokers: BrokerDirectory;
  /** Topics to create when missing; null: the mapping waits for its topic. */
  readonly create: (TopicSettings & { readonly topics: readonly string[] }) | null;
  readonly log: Log;
}

export function createTopicWatch({ kafka, mapping, brokers, create, log }: TopicWatchOptions): TopicWatch {
  const { topic, functionKey } = mapping;
  const startedAtMs = Date.now();
  /** Null until the broker has answered. */
  let firstPartitions: number | null = null;
  let watchingSinceMs: number | null = null;
  let isCreated = false;
  let lastReminder = { problem: '', atMs: 0 };

  function remind(problem: string, fields: object): void {
    const isNew = problem !== lastReminder.problem;
    if (!isNew && Date.now() - lastReminder.atMs < REMIND_EVERY_MS) return;
    lastReminder = { problem, atMs: Date.now() };
    log.warn(problem, { function: functionKey, topic, brokers: mapping.brokers, ...fields });
  }

  async function createMissing(admin: Admin): Promise<void> {
    if (create === null || isCreated) return;
    const existing = new Set(await admin.listTopics());
    const missing = create.topics.filter((name) => !existing.has(name));
    const { partitions: numPartitions, replicationFactor } = create;
    for (const name of missing) {
      const topics = [{ topic: name, numPartitions, replicationFactor }];
      // False when another process has created it meanwhile.
      if (await admin.createTopics({ topics, waitForLeaders: true }))
        log.info('created a topic', { topic: name, partitions: numPartitions, replicationFactor });
    }
    isCreated = true;
  }

  async function look(): Promise<boolean> {
    try {
      const partitions = await withAdmin(kafka, async (admin) => {
        brokers.learn((await admin.describeCluster()).brokers);
        if (!(await admin.listTopics()).includes(topic)) {
          firstPartitions = 0;
          if (create === null) return null;
        }
        await createMissing(admin);
        return partitionsOf(admin, topic);
      });
      // A topic that does not exist yet will be newer than the mapping.
      firstPartitions = partitions === null ? 0 : (firstPartitions ?? partitions);
      if (partitions !== null) {
        if (lastReminder.problem !== '') log.info('the topic can be read now', { function: functionKey, topic });
        lastReminder = { problem: '', atMs: 0 };
        return true;
      }
      remind('the topic does not exist yet, waiting for it', {});
    } catch (error) {
      if (firstPartitions === null) watchingSinceMs = startedAtMs;
      remind('Kafka cannot be reached, retrying', { error: describeError(error) });
    }
    return false;
  }

  return {
    async untilTopicExists(waiter) {
      while (!waiter.isStopped && !(await look())) await waiter.wait(LOOK_EVERY_MS);
    },
    history: () => ({ firstPartitions: firstPartitions ?? 0, watchingSinceMs }),
  };
}

async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
  return metadata.topics.flatMap((one) => one.partitions).length;
}
