import type { Mapping } from '../config/mappings.ts';
import type { Settings } from '../config/settings.ts';
import type { DeliverFailed } from '../destination/deliver-failed.ts';
import type { PartitionPosition } from '../kafka/start-positions.ts';
import type { MetricsRecorder } from '../metrics/metrics.ts';
import { Partition, type PollStart } from '../partition/partition.ts';
import type { QueuedRecord } from '../partition/record-queue.ts';
import { emptyEventBytes, MAXIMUM_PAYLOAD_BYTES, type PolledRecord, recordJsonBytes } from '../record/record.ts';
import type { DecodedRecord } from '../schema-registry/record-decoder.ts';
import type { Log } from '../support/log.ts';
import { createCommitter } from './committer.ts';
import type { Invoke } from './invocation.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { createPartitionWorker, createSlots, type PartitionWorker } from './partition-worker.ts';

export interface MappingPartitionsOptions {
  readonly mapping: Mapping;
  readonly settings: Pick<Settings, 'maximumConcurrency'>;
  readonly invoke: Invoke;
  readonly deliverFailed: DeliverFailed;
  readonly budget: MemoryBudget;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
  readonly commit: () => ((offsets: ReadonlyMap<number, number>) => Promise<void>) | null;
  readonly pause: (id: number) => void;
  readonly resume: (id: number) => void;
}

/** The partitions of one mapping, each with its state and its worker. They survive a rejoin. */
export interface MappingPartitions {
  assign(id: number, position: PartitionPosition): PollStart;
  /** The group is rebalancing: resolves once nothing is in hand and what is done is committed. */
  finishWork(): Promise<void>;
  suspend(): void;
  /** Revokes every partition that is not in the list. */
  keepOnly(ids: readonly number[]): void;
  /** The broker has no records at our position. */
  recover(id: number, position: PartitionPosition): PollStart;
  /** Whether polling is paused for some partitions, so that their known end is outdated. */
  readonly isAnyPaused: boolean;
  /** Pauses polling until `resume` is called for the same reason. */
  pause(id: number, reason: PauseReason): void;
  /** Resumes polling unless there is another reason to pause. */
  resume(id: number, reason: PauseReason): void;
  /** Updates the ends of partitions that are not polled. */
  learnEnds(ends: ReadonlyMap<number, PartitionPosition>): void;
  append(records: PolledRecords): void;
  stop(graceMs: number): Promise<void>;
}

/** The queue is full, a schema is awaited, or the next batch cannot be read. */
export type PauseReason = 'full' | 'schema' | 'unreadable';

/** The records of one partition in one fetch response. */
export interface PolledRecords {
  readonly partition: number;
  readonly records: readonly PolledRecord[];
  readonly endOffset: number;
  readonly highWatermark: number;
  /** With a schema registry. */
  readonly decode?: (record: PolledRecord) => DecodedRecord;
}

interface Entry {
  readonly partition: Partition;
  readonly worker: PartitionWorker;
  /** Why polling is paused; none: it is not. */
  readonly pauses: Set<PauseReason>;
  highWatermark: number;
}

export function createMappingPartitions(options: MappingPartitionsOptions): MappingPartitions {
  const { mapping, metrics, budget } = options;
  const entries = new Map<number, Entry>();
  const states = new Map<number, Partition>();
  let isStopped = false;
  /** The group is rebalancing: what is in hand ends, nothing else starts. */
  let isFinishing = false;
  const slots = createSlots(Math.min(mapping.maximumInvocations, options.settings.maximumConcurrency));
  const committer = createCommitter({ ...options, partitions: states, onCommitted: recordLag });

  function recordLag(): void {
    for (const [id, entry] of entries) recordLagOf(id, entry);
  }

  function recordLagOf(id: number, { partition, highWatermark }: Entry): void {
    if (partition.isAssigned) metrics.setLag(id, highWatermark - partition.doneOffset);
  }

  /** Returns null for a record that the filter excludes. A record that cannot be decoded skips the filter and is discarded later. */
  function admit(record: PolledRecord, decode: PolledRecords['decode']): Omit<QueuedRecord, 'arrivedAtMs'> | null {
    const decoded = decode?.(record);
    if (decoded !== undefined && decoded.failure !== null) {
      const { condition, problem } = decoded.failure;
      metrics.add('SchemaRegistryErrorCount');
      options.log.warn('a record does not fit its schema', {
        function: mapping.functionKey,
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        condition,
        problem,
      });
      return { record, jsonBytes: recordJsonBytes(record), discard: condition };
    }
    if (mapping.filter?.(decoded?.filterValue ?? record.value) === false) return null;
    const kept = decoded?.record ?? record;
    return { record: kept, jsonBytes: recordJsonBytes(kept) };
  }

  async function untilIdle(deadline: number): Promise<void> {
    while ([...states.values()].some((partition) => partition.isRunning) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  function entryOf(id: number): Entry {
    const known = entries.get(id);
    if (known !== undefined) return known;
    const partition = new Partition({
      ...mapping,
      maximumRecordsBytes: MAXIMUM_PAYLOAD_BYTES - emptyEventBytes(mapping, mapping.topic, id),
    });
    const worker = createPartitionWorker({
      ...options,
      id,
      partition,
      slots,
      mayStart: () => !isFinishing,
      onProgress: () => onProgress(id),
    });
    // The group may assign partitions until we have left it.
    if (isStopped) worker.stop();
    const entry: Entry = { partition, worker, pauses: new Set(), highWatermark: 0 };
    budget.addPartition();
    entries.set(id, entry);
    states.set(id, partition);
    return entry;
  }

  function onProgress(id: number): void {
    const entry = entryOf(id);
    if (entry.partition.offsetToCommit !== null) committer.poke();
    if (hasRoomAgain(entry.partition, mapping.batchSize, budget.partitionBytes)) resume(id, 'full');
  }

  function pause(id: number, reason: PauseReason): void {
    const entry = entries.get(id);
    if (entry?.partition.isAssigned !== true) return;
    if (entry.pauses.size === 0) options.pause(id);
    entry.pauses.add(reason);
  }

  function resume(id: number, reason: PauseReason): void {
    const entry = entries.get(id);
    if (entry?.partition.isAssigned !== true || !entry.pauses.delete(reason)) return;
    if (entry.pauses.size === 0) options.resume(id);
  }

  return {
    assign(id, position) {
      const entry = entryOf(id);
      const start = entry.partition.assign(position.committed, position.start, position.earliest);
      entry.pauses.clear();
      entry.highWatermark = Math.max(entry.highWatermark, position.latest);
      // Commits what ended during the rebalance, and a first position, so that a restart finds it.
      if (entry.partition.offsetToCommit !== null) committer.poke();
      entry.worker.wake();
      recordLag();
      return start;
    },
    async finishWork() {
      isFinishing = true;
      await untilIdle(Number.POSITIVE_INFINITY);
      await committer.flush();
    },
    suspend() {
      isFinishing = false;
      for (const { partition } of entries.values()) partition.suspend();
    },
    keepOnly(ids) {
      for (const [id, { partition, worker }] of entries) {
        if (ids.includes(id)) continue;
        partition.revoke();
        metrics.forgetLag(id);
        if (partition.isRunning) continue;
        worker.stop();
        entries.delete(id);
        states.delete(id);
        budget.removePartition();
      }
    },
    recover(id, position) {
      const { partition, worker, pauses } = entryOf(id);
      const { earliest, latest } = position;
      const wanted = partition.position;
      // Records were deleted by age or by hand. Those polled before are still processed.
      if (partition.position <= latest) partition.skipTo(earliest);
      else {
        // The topic was recreated: the records in hand belong to the old one.
        partition.revoke();
        partition.assign(-1, earliest);
      }
      // Polling begins again; what is still too full pauses it anew.
      pauses.clear();
      if (partition.offsetToCommit !== null) committer.poke();
      worker.wake();
      return { wanted, from: partition.position };
    },
    get isAnyPaused() {
      return [...entries.values()].some(({ pauses, partition }) => pauses.size > 0 && partition.isAssigned);
    },
    pause,
    resume,
    learnEnds(ends) {
      for (const [id, entry] of entries) {
        entry.highWatermark = Math.max(entry.highWatermark, ends.get(id)?.latest ?? 0);
      }
      recordLag();
    },
    append({ partition: id, records, endOffset, highWatermark, decode }) {
      const entry = entryOf(id);
      if (!entry.partition.isAssigned) return;
      const kept = records.flatMap((record) => admit(record, decode) ?? []);
      metrics.add('PolledEventCount', records.length);
      metrics.add('FilteredOutEventCount', records.length - kept.length);
      entry.partition.append(kept, endOffset, Date.now());
      entry.highWatermark = highWatermark;
      recordLagOf(id, entry);
      if (isTooFull(entry.partition, mapping.batchSize, budget.partitionBytes)) pause(id, 'full');
      entry.worker.wake();
      onProgress(id);
    },
    async stop(graceMs) {
      isStopped = true;
      for (const { worker } of entries.values()) worker.stop();
      await untilIdle(Date.now() + graceMs);
      await Promise.race([committer.flush(), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    },
  };
}

const RECORDS_HIGH = 20_000;

/** Limits how much is polled ahead per partition. */
function isTooFull(partition: Partition, batchSize: number, maximumBytes: number): boolean {
  return partition.queuedBytes >= maximumBytes || partition.queuedRecords >= Math.max(RECORDS_HIGH, batchSize * 3);
}

/** Polling resumes when half of the queue is processed, so that it never runs empty. */
function hasRoomAgain(partition: Partition, batchSize: number, maximumBytes: number): boolean {
  return (
    partition.queuedBytes <= maximumBytes / 2 && partition.queuedRecords <= Math.max(RECORDS_HIGH, batchSize * 3) / 2
  );
}
