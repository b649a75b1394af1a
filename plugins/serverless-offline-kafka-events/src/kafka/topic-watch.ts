import type { Admin, Kafka } from 'kafkajs';
import type { Mapping } from '../config/mappings.ts';
import type { TopicSettings } from '../config/settings.ts';
import type { Log } from '../support/log.ts';
import type { Waiter } from '../support/timing.ts';
import { describeError } from '../support/value.ts';
import type { BrokerDirectory } from './kafka-client.ts';
import { type TopicHistory, withAdmin } from './start-positions.ts';

const LOOK_EVERY_MS = 1_000;
/** A new topic gets its leaders about now, at the latest after the limit. */
const LEADERS_AFTER_MS = 200;
const LEADERS_LIMIT_MS = 5_000;
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
  /** Until then a new topic may have no leaders. */
  let leadersDueMs = 0;
  let lastReminder = { problem: '', atMs: 0 };

  function remind(problem: string, fields: object): void {
    const isNew = problem !== lastReminder.problem;
    if (!isNew && Date.now() - lastReminder.atMs < REMIND_EVERY_MS) return;
    lastReminder = { problem, atMs: Date.now() };
    log.warn(problem, { function: functionKey, topic, brokers: mapping.brokers, ...fields });
  }

  /** Returns whether topics were created: their partitions have no leaders yet. */
  async function createMissing(admin: Admin, existing: readonly string[]): Promise<boolean> {
    if (create === null || isCreated) return false;
    isCreated = true;
    const missing = create.topics.filter((name) => !existing.includes(name));
    const { partitions: numPartitions, replicationFactor } = create;
    for (const name of missing) {
      const topics = [{ topic: name, numPartitions, replicationFactor }];
      // False when another process has created it meanwhile.
      if (await admin.createTopics({ topics, waitForLeaders: false }))
        log.info('created a topic', { topic: name, partitions: numPartitions, replicationFactor });
    }
    return missing.length > 0;
  }

  /** Returns 0 when the topic can be read, otherwise how long to wait before the next look. */
  async function look(): Promise<number> {
    try {
      const partitions = await withAdmin(kafka, async (admin) => {
        brokers.learn((await admin.describeCluster()).brokers);
        const existing = await admin.listTopics();
        // A topic that does not exist yet will be newer than the mapping.
        if (!existing.includes(topic)) firstPartitions = 0;
        if (await createMissing(admin, existing)) return 'created';
        return existing.includes(topic) ? partitionsOf(admin, topic) : null;
      });
      if (partitions === 'created') {
        leadersDueMs = Date.now() + LEADERS_LIMIT_MS;
        return LEADERS_AFTER_MS;
      }
      if (partitions !== null) {
        firstPartitions ??= partitions;
        if (lastReminder.problem !== '') log.info('the topic can be read now', { function: functionKey, topic });
        lastReminder = { problem: '', atMs: 0 };
        return 0;
      }
      remind('the topic does not exist yet, waiting for it', {});
    } catch (error) {
      if (Date.now() < leadersDueMs) return LEADERS_AFTER_MS;
      isCreated = false;
      if (firstPartitions === null) watchingSinceMs = startedAtMs;
      remind('Kafka cannot be reached, retrying', { error: describeError(error) });
    }
    return LOOK_EVERY_MS;
  }

  return {
    async untilTopicExists(waiter) {
      while (!waiter.isStopped) {
        const waitMs = await look();
        if (waitMs === 0) return;
        await waiter.wait(waitMs);
      }
    },
    history: () => ({ firstPartitions: firstPartitions ?? 0, watchingSinceMs }),
  };
}

async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
  return metadata.topics.flatMap((one) => one.partitions).length;
}
