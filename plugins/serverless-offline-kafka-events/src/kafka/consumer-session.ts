import kafkajs, { type Cluster, type Consumer, type Kafka } from 'kafkajs';
import { followMembership, type GroupMembership } from '../kafkajs/group-membership.ts';
import { type FetchEvents, isCarrier, replaceFetchDecoder } from '../kafkajs/kafkajs-patches.ts';
import type { PolledRecord } from '../record/record.ts';
import { within } from '../support/timing.ts';
import { createRangeAssigner } from './range-assigner.ts';

/** How long the broker may hold a fetch that finds nothing. Also how long a paused partition may take to resume. */
const MAXIMUM_WAIT_MS = 250;
/** More than kafkajs waits for an answer. */
const COMMIT_LIMIT_MS = 20_000;
const DISCONNECT_LIMIT_MS = 2_000;
/** The time between the end of the work in hand and the join that follows. */
const REJOIN_RESERVE_MS = 3_000;
/** A member without a sign of life for this long was given up by kafkajs without an error. */
const SILENCE_MS = 90_000;
/** After a failed join, kafkajs tries the next one sooner than this. */
const NEXT_JOIN_LIMIT_MS = 5_000;

export interface SessionOptions extends FetchEvents {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  /** How long the group waits for our work in hand when another member joins or leaves. */
  readonly rebalanceTimeoutMs: number;
  /** Our member id before kafkajs gave up. */
  readonly formerMemberId: string | null;
  /** The group is rebalancing: resolves once nothing is in hand and what is done is committed. */
  readonly finishWork: () => Promise<void>;
  /** A join is requested: another member may own our partitions from now on. */
  readonly onJoining: () => void;
  /** We joined and own these partitions. Nothing is polled until they are resumed. */
  readonly onAssigned: (partitions: readonly number[], session: ConsumerSession) => void;
  /** `endOffset`: the one after the last polled; `highWatermark`: the one after the last written. */
  readonly onRecords: (polled: {
    readonly partition: number;
    readonly records: readonly PolledRecord[];
    readonly endOffset: number;
    readonly highWatermark: number;
  }) => void;
}

/** One membership of the group, from joining to leaving or giving up. */
export interface ConsumerSession {
  /** Resolves with the reason once kafkajs has given up. */
  readonly ended: Promise<unknown>;
  /** True between the join request and its answer: no assignment is valid. */
  readonly isJoining: boolean;
  /** Null before the first assignment. */
  readonly memberId: string | null;
  pause(partition: number): void;
  resume(partition: number): void;
  /** @throws when kafkajs accepts no position: it has given up, or it does not know the partition. */
  startFrom(partition: number, offset: number): void;
  /** @throws when the broker did not accept it; is never repeated, so that it cannot slip past a rebalance. */
  commit(offsets: ReadonlyMap<number, number>, metadata: string): Promise<void>;
  close(): Promise<void>;
}

export async function openConsumerSession(options: SessionOptions): Promise<ConsumerSession> {
  const { topic, groupId, sessionTimeoutMs } = options;
  const heartbeatMs = Math.min(1_000, Math.floor(sessionTimeoutMs / 3));
  let isJoining = true;
  let membership: GroupMembership | null = null;
  let failedJoinTimer: NodeJS.Timeout | undefined;
  function onJoining(): void {
    clearTimeout(failedJoinTimer);
    isJoining = true;
    options.onJoining();
  }
  /** kafkajs may continue with the old assignment, which is no longer ours to use: without a new attempt the session ends. */
  function onJoinFailed(error: unknown): void {
    clearTimeout(failedJoinTimer);
    failedJoinTimer = setTimeout(() => {
      if (isJoining) end(error);
    }, NEXT_JOIN_LIMIT_MS);
    failedJoinTimer.unref();
  }
  function useCluster(cluster: Cluster): void {
    replaceFetchDecoder(cluster, options);
    membership = followMembership(cluster, {
      groupId,
      heartbeatMs,
      finishLimitMs: Math.max(0, options.rebalanceTimeoutMs - REJOIN_RESERVE_MS),
      finishWork: options.finishWork,
      onJoinFailed,
    });
  }
  const consumer = options.kafka.consumer({
    groupId,
    partitionAssigners: [
      (created) => {
        useCluster(created.cluster);
        return createRangeAssigner(onJoining)(created);
      },
      kafkajs.PartitionAssigners.roundRobin,
    ],
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: options.rebalanceTimeoutMs,
    heartbeatInterval: heartbeatMs,
    metadataMaxAge: 20_000,
    minBytes: 1,
    maxWaitTimeInMs: MAXIMUM_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
  });
  const member = (): GroupMembership => {
    if (membership === null) throw new Error('kafkajs has not created its cluster');
    return membership;
  };

  const { ended, isAlive, end } = watchSession(consumer);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    isAlive();
    clearTimeout(failedJoinTimer);
    isJoining = false;
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
      return membership?.memberId ?? null;
    },
    pause: (partition) => ifRunning(() => consumer.pause([{ topic, partitions: [partition] }])),
    resume: (partition) => ifRunning(() => consumer.resume([{ topic, partitions: [partition] }])),
    startFrom(partition, offset) {
      consumer.seek({ topic, partition, offset: String(offset) });
      consumer.resume([{ topic, partitions: [partition] }]);
    },
    commit: (offsets, metadata) => within(COMMIT_LIMIT_MS, 'committing', member().commit(topic, offsets, metadata)),
    close: () => consumer.disconnect(),
  };
  const join = async () => {
    await consumer.connect();
    if (options.formerMemberId !== null) await member().leaveAs(options.formerMemberId);
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Only passes the records on: the fetch loop, and with it the heartbeat, never waits for a function.
      eachBatch: async ({ batch, isRunning, isStale, resolveOffset }) => {
        isAlive();
        const [carrier] = batch.messages;
        if (!isRunning() || isStale() || !isCarrier(carrier)) return;
        resolveOffset(carrier.offset);
        options.onRecords({
          partition: batch.partition,
          records: carrier.records,
          endOffset: Number(carrier.offset) + 1,
          highWatermark: Number(batch.highWatermark),
        });
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

/** kafkajs throws once it has given up; `ended` reports that. */
function ifRunning(act: () => void): void {
  try {
    act();
  } catch {
    // The next membership starts afresh.
  }
}

interface SessionWatch {
  /** Resolves with the reason once kafkajs has given up. */
  readonly ended: Promise<unknown>;
  /** There was a sign of life. */
  isAlive(): void;
  /** Ends the session for a reason that kafkajs does not see. */
  end(reason: unknown): void;
}

function watchSession(consumer: Consumer): SessionWatch {
  let lastSignOfLifeMs = Date.now();
  const isAlive = () => {
    lastSignOfLifeMs = Date.now();
  };
  let end: (reason: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((resolve) => {
    end = resolve;
    consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
    const watchdog = setInterval(() => {
      if (Date.now() - lastSignOfLifeMs > SILENCE_MS) resolve(new Error('kafkajs has gone silent'));
    }, 5_000);
    watchdog.unref();
    consumer.on(consumer.events.DISCONNECT, () => clearInterval(watchdog));
  });
  consumer.on(consumer.events.FETCH, isAlive);
  consumer.on(consumer.events.HEARTBEAT, isAlive);
  return { ended, isAlive, end };
}
