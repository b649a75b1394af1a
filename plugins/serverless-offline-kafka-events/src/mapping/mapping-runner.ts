import type { Mapping } from '../config/mappings.ts';
import type { Settings } from '../config/settings.ts';
import type { DeliverFailed } from '../destination/deliver-failed.ts';
import { type ConsumerSession, openConsumerSession } from '../kafka/consumer-session.ts';
import { type BrokerDirectory, createKafkaClient } from '../kafka/kafka-client.ts';
import { fetchPositions, firstPartitionsMetadata, type PartitionPosition } from '../kafka/start-positions.ts';
import { createTopicWatch, type TopicWatch } from '../kafka/topic-watch.ts';
import type { MetricsRecorder } from '../metrics/metrics.ts';
import { backoffMs } from '../partition/failure-plan.ts';
import type { PollStart } from '../partition/partition.ts';
import type { Log } from '../support/log.ts';
import { createWaiter } from '../support/timing.ts';
import { describeError } from '../support/value.ts';
import type { Invoke } from './invocation.ts';
import { createMappingPartitions, type MappingPartitions } from './mapping-partitions.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { createSchemaIntake } from './schema-intake.ts';

/** After a membership of this length the reconnect back-off starts again. */
const STABLE_AFTER_MS = 10_000;
const UNREADABLE_RETRY_MS = 30_000;
const LOOK_AT_ENDS_EVERY_MS = 10_000;
/** Time a rebalance may take beyond the function's timeout: for the commit and the join. */
const REBALANCE_RESERVE_MS = 5_000;
const RECONNECT_BACKOFF = { initialMs: 250, maximumMs: 5_000 };

export interface MappingRunnerOptions {
  readonly mapping: Mapping;
  readonly settings: Settings;
  readonly brokers: BrokerDirectory;
  readonly invoke: Invoke;
  readonly deliverFailed: DeliverFailed;
  readonly budget: MemoryBudget;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
}

/** Runs one mapping until it is stopped, through every failure of the broker. */
export interface MappingRunner {
  /** Waits up to `graceMs` for running batches, commits finished records and leaves the group. */
  stop(graceMs: number): Promise<void>;
}

export function startMappingRunner(options: MappingRunnerOptions): MappingRunner {
  const { mapping, settings, brokers, metrics, log } = options;
  const who = { function: mapping.functionKey, topic: mapping.topic, groupId: mapping.groupId };
  const waiter = createWaiter();
  let session: ConsumerSession | null = null;
  let formerMemberId: string | null = null;
  /** Increases whenever the previous assignment becomes invalid. */
  let assignment = 0;

  let firstPartitions = 0;

  const commit = () => {
    const member = session;
    if (member === null || member.isJoining) return null;
    const metadata = firstPartitionsMetadata(firstPartitions);
    return (offsets: ReadonlyMap<number, number>) => member.commit(offsets, metadata);
  };
  const partitions: MappingPartitions = createMappingPartitions({
    ...options,
    commit,
    pause: (id) => session?.pause(id),
    resume: (id) => session?.resume(id),
  });
  const intake = createSchemaIntake({
    mapping,
    metrics,
    log,
    waiter,
    append: partitions.append,
    pause: (id) => partitions.pause(id, 'schema'),
    resume: (id) => partitions.resume(id, 'schema'),
  });
  const kafka = createKafkaClient({
    clientId: `${mapping.functionName}-kafka-events`,
    brokers: brokers.addresses,
    security: mapping.security,
    log,
  });
  const topicWatch: TopicWatch = createTopicWatch({
    kafka,
    mapping,
    brokers,
    create: settings.createTopics && { ...settings.createTopics, topics: topicsOf(mapping, settings) },
    log,
  });

  /** Fetches the positions of the group, then starts or continues its partitions. */
  async function takeOver(ids: readonly number[], isRecovery = false): Promise<void> {
    const current = assignment;
    const isCurrent = () => current === assignment && !waiter.isStopped;
    for (let failures = 1; isCurrent(); failures++) {
      try {
        const positions = await fetchPositions({ kafka, mapping, brokers, history: topicWatch.history() });
        if (!isCurrent()) return;
        firstPartitions = positions.firstPartitions;
        resumeAt(ids, positions.byPartition, isRecovery);
        return;
      } catch (error) {
        metrics.add('PollingErrorCount');
        log.warn('cannot read the offsets of the group, retrying', { ...who, error: describeError(error) });
        await waiter.wait(backoffMs(RECONNECT_BACKOFF, failures));
      }
    }
  }

  function resumeAt(
    ids: readonly number[],
    positions: ReadonlyMap<number, PartitionPosition>,
    isRecovery: boolean,
  ): void {
    for (const id of ids) {
      const found = positions.get(id);
      if (found === undefined) throw new Error(`the broker does not know partition ${id} yet`);
      if (session === null) return;
      const start = isRecovery ? partitions.recover(id, found) : partitions.assign(id, found);
      // At a start, the end may be too low: the broker has just restarted.
      reportLost(id, start, isRecovery && start.wanted > found.latest);
      session.startFrom(id, start.from);
    }
    log.debug('polling', { ...who, partitions: ids });
  }

  function reportLost(id: number, { wanted, from }: PollStart, isNewTopic: boolean): void {
    const fields = { ...who, partition: id, wantedOffset: wanted, nextOffset: from };
    if (isNewTopic)
      log.error(
        'the partition ends before our position, so it was deleted and created again: reading it from its beginning',
        fields,
      );
    else if (from > wanted)
      log.error('records were deleted before they were read: continuing with the oldest record left', {
        ...fields,
        lostOffsets: [wanted, from - 1],
      });
  }

  function retryUnreadable(id: number, problem: unknown): void {
    metrics.add('PollingErrorCount');
    log.error('records cannot be read: the partition is paused, the others continue', {
      ...who,
      partition: id,
      error: describeError(problem),
      retryInMs: UNREADABLE_RETRY_MS,
    });
    partitions.pause(id, 'unreadable');
    const current = assignment;
    const timer = setTimeout(() => {
      if (current === assignment) partitions.resume(id, 'unreadable');
    }, UNREADABLE_RETRY_MS);
    timer.unref();
  }

  /** Partitions that are not polled report no end, so their lag would stand still. */
  const endsTimer = setInterval(() => void lookAtEnds(), LOOK_AT_ENDS_EVERY_MS);
  endsTimer.unref();
  async function lookAtEnds(): Promise<void> {
    if (!partitions.isAnyPaused) return;
    try {
      const { byPartition } = await fetchPositions({ kafka, mapping, brokers, history: topicWatch.history() });
      partitions.learnEnds(byPartition);
    } catch {
      // The session reports when the broker cannot be reached.
    }
  }

  function openSession(): Promise<ConsumerSession> {
    return openConsumerSession({
      kafka,
      topic: mapping.topic,
      groupId: mapping.groupId,
      sessionTimeoutMs: settings.sessionTimeoutMs,
      rebalanceTimeoutMs: Math.max(settings.sessionTimeoutMs, mapping.timeoutMs + REBALANCE_RESERVE_MS),
      formerMemberId,
      budget: options.budget,
      onOffsetOutOfRange: (id) => {
        session?.pause(id);
        void takeOver([id], true);
      },
      onUnreadable: retryUnreadable,
      finishWork: () => {
        log.info('the group is rebalancing: finishing the batches in hand before joining again', who);
        return partitions.finishWork();
      },
      onJoining: () => {
        assignment += 1;
        intake.clear();
        partitions.suspend();
      },
      onAssigned: (ids, opened) => {
        session = opened;
        assignment += 1;
        partitions.keepOnly(ids);
        log.info('joined the group', { ...who, partitions: ids });
        void takeOver(ids);
      },
      onRecords: intake.add,
    });
  }

  async function run(): Promise<void> {
    for (let failures = 0; !waiter.isStopped; ) {
      try {
        await topicWatch.untilTopicExists(waiter);
        if (waiter.isStopped) return;
        const openedAtMs = Date.now();
        session = await openSession();
        const reason = await Promise.race([session.ended, waiter.stopped]);
        if (waiter.isStopped) return await closeSession(1_500);
        metrics.add('PollingErrorCount');
        if (Date.now() - openedAtMs > STABLE_AFTER_MS) failures = 0;
        log.warn('lost the connection to the group, rejoining', { ...who, error: describeError(reason) });
      } catch (error) {
        metrics.add('PollingErrorCount');
        log.warn('cannot join the group, retrying', { ...who, error: describeError(error) });
      }
      failures += 1;
      await closeSession(2_000);
      await waiter.wait(backoffMs(RECONNECT_BACKOFF, failures));
    }
  }

  async function closeSession(timeoutMs: number): Promise<void> {
    const closing = session;
    assignment += 1;
    intake.clear();
    partitions.suspend();
    session = null;
    if (closing === null) return;
    formerMemberId = closing.memberId ?? formerMemberId;
    await Promise.race([
      closing.close().catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, timeoutMs).unref()),
    ]);
  }

  const running = run();
  return {
    async stop(graceMs) {
      clearInterval(endsTimer);
      await partitions.stop(graceMs);
      waiter.stop();
      await closeSession(1_500);
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
      log.debug('left the group', who);
    },
  };
}

/** The topic that is read, and the one that takes what failed. */
function topicsOf({ topic, destination }: Mapping, { onFailureTopic }: Settings): string[] {
  const failed = destination?.kind === 'kafka' ? destination.topic : destination && onFailureTopic;
  return failed === null ? [topic] : [topic, failed];
}
