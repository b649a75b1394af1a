import type { Mapping } from '../config/mapping.ts';
import type { Settings } from '../config/settings.ts';
import { type ConsumerSession, openConsumerSession } from '../kafka/consumer-session.ts';
import { firstPartitionsMetadata } from '../kafka/first-partitions.ts';
import { createKafkaClient } from '../kafka/kafka-client.ts';
import type { PartitionPosition } from '../kafka/start-offset.ts';
import { fetchPositions } from '../kafka/start-positions.ts';
import { createTopicWatch, type TopicWatch } from '../kafka/topic-watch.ts';
import { describeError, type Log } from '../logging/log.ts';
import type { MetricsRecorder } from '../metrics/metrics.ts';
import { backoffMs } from '../partition/backoff.ts';
import type { DeliverFailed } from './failed-delivery.ts';
import type { Invoke } from './invocation.ts';
import { createMappingPartitions, type MappingPartitions } from './mapping-partitions.ts';
import { createWaiter } from './waiter.ts';

/** A membership that lasts so long was no mishap, so that the next attempt is made at once. */
const STABLE_AFTER_MS = 10_000;
const RECONNECT_BACKOFF = { initialMs: 250, maximumMs: 5_000 };

export interface MappingRunnerOptions {
  readonly mapping: Mapping;
  readonly settings: Settings;
  readonly invoke: Invoke;
  readonly deliverFailed: DeliverFailed;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
}

/** Runs one mapping until it is stopped, whatever the broker does. */
export interface MappingRunner {
  /** Lets the batches in hand end for so long, commits what is done, leaves the group. */
  stop(graceMs: number): Promise<void>;
}

export function startMappingRunner(options: MappingRunnerOptions): MappingRunner {
  const { mapping, settings, metrics, log } = options;
  const who = { function: mapping.functionKey, topic: mapping.topic, groupId: mapping.groupId };
  const waiter = createWaiter();
  let session: ConsumerSession | null = null;
  let formerMemberId: string | null = null;
  /** Counts up whenever what was assigned before is no longer in force. */
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
  const kafka = createKafkaClient({
    clientId: `${mapping.functionName}-kafka-events`,
    brokers: mapping.brokers,
    settings,
    log,
    onOffsetOutOfRange: (id) => {
      log.error('the records at the position of a partition are gone from the broker, going on with the oldest left', {
        ...who,
        partition: id,
      });
      session?.pause(id);
      void takeOver([id], true);
    },
  });
  const topicWatch: TopicWatch = createTopicWatch(kafka, mapping, log);

  /** Asks where the group stands, then starts or goes on with the partitions. */
  async function takeOver(ids: readonly number[], isRecovery = false): Promise<void> {
    const current = assignment;
    const isCurrent = () => current === assignment && !waiter.isStopped;
    for (let failures = 1; isCurrent(); failures++) {
      try {
        const positions = await fetchPositions(kafka, mapping, topicWatch.history());
        if (!isCurrent()) return;
        firstPartitions = positions.firstPartitions;
        resumeAt(ids, positions.byPartition, isRecovery);
        return;
      } catch (error) {
        metrics.add('PollingErrorCount');
        log.warn('cannot read the offsets of the group, trying again', { ...who, error: describeError(error) });
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
      if (found === undefined) throw new Error(`the broker does not tell about partition ${id} yet`);
      if (session === null) return;
      const from = isRecovery ? partitions.recover(id, found) : partitions.assign(id, found);
      session.startFrom(id, from);
    }
    log.debug('polling', { ...who, partitions: ids });
  }

  function openSession(): Promise<ConsumerSession> {
    return openConsumerSession({
      kafka,
      topic: mapping.topic,
      groupId: mapping.groupId,
      sessionTimeoutMs: settings.sessionTimeoutMs,
      formerMemberId,
      onJoining: () => {
        assignment += 1;
        partitions.suspend();
      },
      onAssigned: (ids, opened) => {
        session = opened;
        assignment += 1;
        partitions.keepOnly(ids);
        log.info('joined the group', { ...who, partitions: ids });
        void takeOver(ids);
      },
      onRecords: partitions.append,
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
        log.warn('lost the connection to the group, joining again', { ...who, error: describeError(reason) });
      } catch (error) {
        metrics.add('PollingErrorCount');
        log.warn('cannot join the group, trying again', { ...who, error: describeError(error) });
      }
      failures += 1;
      await closeSession(2_000);
      await waiter.wait(backoffMs(RECONNECT_BACKOFF, failures));
    }
  }

  async function closeSession(timeoutMs: number): Promise<void> {
    const closing = session;
    assignment += 1;
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
      await partitions.stop(graceMs);
      waiter.stop();
      await closeSession(1_500);
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
      log.debug('left the group', who);
    },
  };
}
