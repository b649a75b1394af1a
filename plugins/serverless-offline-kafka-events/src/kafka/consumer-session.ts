import kafkajs, { type Cluster, type EachBatchPayload, type Kafka } from 'kafkajs';
import type { PolledRecord } from '../record/polled-record.ts';
import { type CommitNow, commitOffsets } from './commit-offsets.ts';
import { leaveGroupAs } from './leave-group.ts';
import { createRangeAssigner } from './range-assigner.ts';
import { watchSession } from './session-watch.ts';
import { toPolledRecord } from './to-polled-record.ts';
import { within } from './within.ts';

/** How long the broker may hold a fetch that finds nothing. Also how long a paused partition may take to go on. */
const MAXIMUM_WAIT_MS = 250;
/** More than kafkajs waits for an answer. */
const COMMIT_LIMIT_MS = 20_000;
const DISCONNECT_LIMIT_MS = 2_000;

export interface SessionOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  /** Who we were before kafkajs gave up: the group would wait for that member until its session ends. */
  readonly formerMemberId: string | null;
  /** We ask to join, so what we had may already be somebody else's. */
  readonly onJoining: () => void;
  /** We joined and have these partitions. Nothing is polled until they are resumed. */
  readonly onAssigned: (partitions: readonly number[], session: ConsumerSession) => void;
  /** `endOffset`: the one after the last polled; `highWatermark`: the one after the last written. */
  readonly onRecords: (
    partition: number,
    records: readonly PolledRecord[],
    endOffset: number,
    highWatermark: number,
  ) => void;
}

/** One membership of the group, from joining to leaving or giving up. */
export interface ConsumerSession {
  /** Resolves with the reason once kafkajs has given up. */
  readonly ended: Promise<unknown>;
  /** No assignment is in force between asking to join and having joined. */
  readonly isJoining: boolean;
  /** Null before the first assignment. */
  readonly memberId: string | null;
  pause(partition: number): void;
  resume(partition: number): void;
  /** @throws when kafkajs takes no position: it has given up, or it does not know the partition. */
  startFrom(partition: number, offset: number): void;
  /** @throws when the broker did not take it; is never repeated, so that it cannot slip past a rebalance. */
  commit(offsets: ReadonlyMap<number, number>, metadata: string): Promise<void>;
  close(): Promise<void>;
}

export async function openConsumerSession(options: SessionOptions): Promise<ConsumerSession> {
  const { topic, groupId } = options;
  let isJoining = true;
  let memberId: string | null = null;
  let commitNow: CommitNow | null = null;
  let cluster: Cluster | null = null;
  const consumer = options.kafka.consumer({
    groupId,
    partitionAssigners: [
      (created) => {
        cluster = created.cluster;
        return createRangeAssigner(() => {
          isJoining = true;
          options.onJoining();
        })(created);
      },
      kafkajs.PartitionAssigners.roundRobin,
    ],
    sessionTimeout: options.sessionTimeoutMs,
    heartbeatInterval: Math.min(1_000, Math.floor(options.sessionTimeoutMs / 3)),
    metadataMaxAge: 20_000,
    minBytes: 1,
    maxWaitTimeInMs: MAXIMUM_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
  });

  const { ended, isAlive } = watchSession(consumer);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    isAlive();
    isJoining = false;
    memberId = payload.memberId;
    const partitions = payload.memberAssignment[topic] ?? [];
    if (partitions.length > 0) consumer.pause([{ topic, partitions }]);
    options.onAssigned(partitions, session);
  });

  const session: ConsumerSession = {
    ended,
    get isJoining() {
      return isJoining;
    },
    get memberId() {
      return memberId;
    },
    pause: (partition) => ifRunning(() => consumer.pause([{ topic, partitions: [partition] }])),
    resume: (partition) => ifRunning(() => consumer.resume([{ topic, partitions: [partition] }])),
    startFrom(partition, offset) {
      consumer.seek({ topic, partition, offset: String(offset) });
      consumer.resume([{ topic, partitions: [partition] }]);
    },
    commit: (offsets, metadata) =>
      within(COMMIT_LIMIT_MS, 'committing', commitOffsets(consumer, commitNow, topic, offsets, metadata)),
    close: () => consumer.disconnect(),
  };
  const join = async () => {
    await consumer.connect();
    if (options.formerMemberId !== null && cluster !== null)
      await leaveGroupAs(options.formerMemberId, groupId, cluster);
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        isAlive();
        commitNow = payload.commitOffsetsIfNecessary;
        deliver(payload, options.onRecords);
      },
    });
  };
  const givenUp = ended.then((reason) => {
    throw reason;
  });
  try {
    // kafkajs may give up, or fall silent, before it has joined.
    await Promise.race([join(), givenUp]);
  } catch (error) {
    await within(DISCONNECT_LIMIT_MS, 'disconnecting', consumer.disconnect()).catch(() => undefined);
    throw error;
  }
  return session;
}

/** kafkajs throws once it has given up; the next membership starts afresh. */
function ifRunning(act: () => void): void {
  try {
    act();
  } catch {
    // `ended` tells.
  }
}

/** Only hands over: the fetch loop, and with it the heartbeat, never waits for a function. */
function deliver(
  { batch, isRunning, isStale, resolveOffset }: EachBatchPayload,
  onRecords: SessionOptions['onRecords'],
): void {
  if (!isRunning() || isStale()) return;
  const records = batch.messages.map((message) => toPolledRecord(batch.topic, batch.partition, message));
  const last = batch.lastOffset();
  resolveOffset(last);
  onRecords(batch.partition, records, Number(last) + 1, Number(batch.highWatermark));
}
