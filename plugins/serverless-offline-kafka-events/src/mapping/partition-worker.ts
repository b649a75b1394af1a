import type { Mapping } from '../config/mappings.ts';
import type { DeliverFailed } from '../destination/deliver-failed.ts';
import type { MetricsRecorder } from '../metrics/metrics.ts';
import type { Partition } from '../partition/partition.ts';
import type { ActionOutcome, PartitionAction } from '../partition/units-and-limits.ts';
import { type PolledRecord, partitionKey, toLambdaEvent } from '../record/record.ts';
import type { Log } from '../support/log.ts';
import { describeError } from '../support/value.ts';
import { type InvocationResult, type Invoke, readBatchResponse } from './invocation.ts';
import type { MemoryBudget } from './memory-budget.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface PartitionWorkerOptions {
  readonly mapping: Mapping;
  readonly id: number;
  readonly partition: Partition;
  readonly invoke: Invoke;
  readonly deliverFailed: DeliverFailed;
  readonly slots: Slots;
  readonly budget: MemoryBudget;
  /** False while the group is rebalancing. */
  readonly mayStart: () => boolean;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
  /** Called after each step, because records may be ready to commit and the queue may have room. */
  readonly onProgress: () => void;
}

/** Carries out the actions that the state of one partition returns. */
export interface PartitionWorker {
  /** Checks the state again: after new records, a finished batch, or a closed window. */
  wake(): void;
  /** Starts no further action. */
  stop(): void;
}

export function createPartitionWorker(options: PartitionWorkerOptions): PartitionWorker {
  const { mapping, partition, slots, budget } = options;
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  let isWaiting = false;

  /** Called when a slot or memory is free. */
  function onFree(): void {
    isWaiting = false;
    wake();
  }

  function hasRoom(): boolean {
    if (budget.mayBegin(onFree) && slots.tryTake(onFree)) return true;
    isWaiting = true;
    return false;
  }

  function wake(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (isStopped || isWaiting || partition.isRunning || !options.mayStart() || !hasRoom()) return;
    const action = partition.next(Date.now());
    if (action.kind === 'wait') {
      slots.release();
      if (action.untilMs !== Number.POSITIVE_INFINITY) {
        timer = setTimeout(wake, Math.min(LONGEST_TIMER_MS, Math.max(0, action.untilMs - Date.now())));
      }
      return;
    }
    void act(action);
  }

  async function act(action: Exclude<PartitionAction, { kind: 'wait' }>): Promise<void> {
    let outcome: ActionOutcome = { kind: 'failed' };
    const bytes = approximateJsonBytes(action.records);
    budget.began(bytes);
    try {
      outcome = action.kind === 'invoke' ? await invoke(options, action) : await discard(options, action);
    } catch (error) {
      options.log.error('an invocation failed inside the plugin', {
        function: mapping.functionKey,
        error: describeError(error),
      });
    }
    partition.settle(action.ticket, outcome, Date.now());
    slots.release();
    budget.ended(bytes);
    options.onProgress();
    wake();
  }

  return {
    wake,
    stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function approximateJsonBytes(records: readonly PolledRecord[]): number {
  const raw = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
  return Math.ceil((raw * 4) / 3);
}

type InvokeAction = Extract<PartitionAction, { kind: 'invoke' }>;
type DiscardAction = Extract<PartitionAction, { kind: 'discard' }>;

async function invoke(options: PartitionWorkerOptions, action: InvokeAction): Promise<ActionOutcome> {
  const { mapping, metrics } = options;
  const { records } = action;
  const startedAt = performance.now();
  const ended = metrics.invocationBegan();
  const result = await options.invoke(mapping.functionKey, toLambdaEvent(mapping, records)).finally(ended);
  const ms = Math.round((performance.now() - startedAt) * 10) / 10;
  const outcome = judge(mapping, result, records);
  metrics.add('InvokedEventCount', records.length);
  if (outcome.kind !== 'done') {
    const failed =
      outcome.kind === 'partial' ? records.filter((one) => one.offset >= outcome.failedOffset).length : records.length;
    metrics.add('FailedInvokeEventCount', failed);
    if (outcome.kind === 'failed') metrics.add('InvokeErrorCount');
  }
  logInvocation(options, action, ms, outcome);
  if (result.kind === 'failed') await result.settled;
  return outcome.kind === 'failed' ? { kind: 'failed' } : outcome;
}

type Judgement = { kind: 'done' } | { kind: 'partial'; failedOffset: number } | { kind: 'failed'; reason: string };

function judge(mapping: Mapping, result: InvocationResult, records: readonly PolledRecord[]): Judgement {
  if (result.kind === 'failed') return { kind: 'failed', reason: `${result.reason}: ${describeError(result.error)}` };
  const response = readBatchResponse(result.value, mapping.isReportingBatchItemFailures ? records : null);
  if (response.kind === 'success') return { kind: 'done' };
  return response.kind === 'partial' ? response : { kind: 'failed', reason: `malformed response: ${response.problem}` };
}

function logInvocation(options: PartitionWorkerOptions, action: InvokeAction, ms: number, outcome: Judgement): void {
  const { mapping, id, log } = options;
  const fields = {
    function: mapping.functionKey,
    topic: mapping.topic,
    partitions: [id],
    offsets: { [partitionKey(mapping.topic, id)]: [action.records[0]?.offset, action.records.at(-1)?.offset] },
    size: action.records.length,
    ms,
    attempt: action.attempt,
    outcome: outcome.kind === 'done' ? 'success' : outcome.kind === 'partial' ? 'partial' : 'failure',
    ...(outcome.kind === 'partial' ? { failedOffset: outcome.failedOffset } : {}),
    ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}),
  };
  if (outcome.kind === 'done') log.info('invocation', fields);
  else log.warn('invocation', fields);
}

async function discard(options: PartitionWorkerOptions, action: DiscardAction): Promise<ActionOutcome> {
  const delivered = await options.deliverFailed({
    records: action.records,
    condition: action.condition,
    invocations: action.invocations,
  });
  const next = action.records[delivered];
  if (next === undefined) return { kind: 'done' };
  return delivered === 0 ? { kind: 'failed' } : { kind: 'partial', failedOffset: next.offset };
}

/** A semaphore that serves waiters in order. */
export interface Slots {
  /** Acquires a slot. When none is free it returns false, and calls `onFree` once one is: the waiter then tries again. */
  tryTake(onFree: () => void): boolean;
  release(): void;
}

export function createSlots(count: number): Slots {
  let taken = 0;
  let isServing = false;
  const waiting: (() => void)[] = [];

  /** A waiter may have stopped, or release its slot at once: the next one gets its chance then. */
  function serve(): void {
    if (isServing) return;
    isServing = true;
    while (taken < count) {
      const next = waiting.shift();
      if (next === undefined) break;
      next();
    }
    isServing = false;
  }

  return {
    tryTake(onFree) {
      if (taken < count) {
        taken += 1;
        return true;
      }
      waiting.push(onFree);
      return false;
    },
    release() {
      taken -= 1;
      serve();
    },
  };
}
