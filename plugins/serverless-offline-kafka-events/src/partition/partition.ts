import { planAfterDelivery, planAfterFailure, planAfterPartial, splitByAge } from './failure-plan.ts';
import { decideBatch, type QueuedRecord, RecordQueue } from './record-queue.ts';
import {
  type ActionOutcome,
  newUnit,
  type PartitionAction,
  type PartitionLimits,
  type Unit,
} from './units-and-limits.ts';

const IDLE: PartitionAction = { kind: 'wait', untilMs: Number.POSITIVE_INFINITY };

/** Where polling begins: the records between the two offsets were deleted before they were polled. */
export interface PollStart {
  readonly wanted: number;
  readonly from: number;
}

/**
 * The state of one partition: queued records, units in progress, offsets to commit. It uses no clock, no Kafka and no
 * function: callers pass the time in and carry out the actions it returns.
 *
 * unassigned ─assign→ assigned ─suspend→ unassigned (rebalance) ─assign→ continues or starts over
 */
export class Partition {
  readonly #limits: PartitionLimits;
  readonly #queue = new RecordQueue();
  #units: Unit[] = [];
  #isAssigned = false;
  #isKnown = false;
  #ticket = 0;
  /** The running action, for the first unit. Without units it belongs to an assignment that has ended. */
  #running: { readonly ticket: number; readonly isDiscard: boolean } | null = null;
  /** Where polling began. */
  #origin = -1;
  #committed = -1;
  #done = -1;
  #position = -1;

  constructor(limits: PartitionLimits) {
    this.#limits = limits;
  }

  get isAssigned(): boolean {
    return this.#isAssigned;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Offset of the next record to poll. */
  get position(): number {
    return this.#position;
  }

  /** Everything below it succeeded, was filtered out, or was delivered to the destination. */
  get doneOffset(): number {
    return this.#done;
  }

  get queuedRecords(): number {
    return this.#queue.length;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** The offset to commit, or null when it is committed already or the partition is not assigned. */
  get offsetToCommit(): number | null {
    return this.#isAssigned && this.#done > this.#committed ? this.#done : null;
  }

  /**
   * Takes the partition over. If its committed offset is one of ours, no other member has processed it since and the work
   * continues; otherwise it starts at the committed offset, or at `startOffset` when there is none (−1). `earliest` is the
   * oldest offset that the broker still has.
   */
  assign(committedOffset: number, startOffset: number, earliest = 0): PollStart {
    const isOurs =
      this.#isKnown &&
      (committedOffset === this.#committed || (committedOffset >= this.#committed && committedOffset <= this.#done));
    this.#isAssigned = true;
    if (isOurs) {
      this.#committed = committedOffset;
      return { wanted: this.#position, from: this.skipTo(earliest) };
    }
    this.#startOver();
    this.#isKnown = true;
    this.#committed = committedOffset;
    const wanted = committedOffset >= 0 ? committedOffset : startOffset;
    this.#position = Math.max(wanted, earliest);
    this.#done = this.#position;
    this.#origin = this.#position;
    return { wanted, from: this.#position };
  }

  /** Skips offsets that the broker has deleted. Polled records are still processed. Returns the offset to poll from. */
  skipTo(earliest: number): number {
    this.#position = Math.max(this.#position, earliest);
    this.#skipFiltered();
    return this.#position;
  }

  /** Starts and commits nothing until `assign` or `revoke`: the group is rebalancing. */
  suspend(): void {
    this.#isAssigned = false;
  }

  /** Forgets unfinished records: another member owns the partition. */
  revoke(): void {
    this.#isAssigned = false;
    this.#startOver();
    this.#isKnown = false;
  }

  /** Adds polled records. `endOffset` is the offset after the last one, filtered ones included. */
  append(records: readonly Omit<QueuedRecord, 'arrivedAtMs'>[], endOffset: number, nowMs: number): void {
    if (!this.#isAssigned) return;
    for (const one of records) {
      if (one.record.offset >= this.#position) this.#queue.push({ ...one, arrivedAtMs: nowMs });
    }
    this.#position = Math.max(this.#position, endOffset);
    this.#skipFiltered();
  }

  /** Returns the next action. An invocation or a delivery runs until `settle`. */
  next(nowMs: number): PartitionAction {
    if (!this.#isAssigned || this.#running !== null) return IDLE;
    if (this.#units.length === 0) {
      const untilMs = this.#openBatch(nowMs);
      if (untilMs !== null) return { kind: 'wait', untilMs };
    }
    const [head, ...rest] = this.#units;
    if (head === undefined) return IDLE;
    if (nowMs < head.notBeforeMs) return { kind: 'wait', untilMs: head.notBeforeMs };
    if (head.discard === null) this.#units = [...splitByAge(head, this.#limits.maximumRecordAgeMs, nowMs), ...rest];
    return this.#start();
  }

  /** Records a commit. Returns how many offsets it advanced. */
  committed(offset: number): number {
    if (offset <= this.#committed || offset > this.#done) return 0;
    const step = offset - Math.max(this.#committed, this.#origin);
    this.#committed = offset;
    return Math.max(0, step);
  }

  /** Ends the action with this ticket. */
  settle(ticket: number, outcome: ActionOutcome, nowMs: number): void {
    const running = this.#running;
    if (running === null || running.ticket !== ticket) return;
    this.#running = null;
    const [head, ...rest] = this.#units;
    if (head === undefined) return;
    const tried = { ...head, invocations: head.invocations + (running.isDiscard ? 0 : 1) };
    if (outcome.kind === 'done') {
      this.#units = rest;
      this.#done = head.endOffset;
    } else if (running.isDiscard) {
      const left = planAfterDelivery(tried, outcome, this.#limits, nowMs);
      this.#done = left.records[0]?.offset ?? this.#done;
      this.#units = [left, ...rest];
    } else {
      const left =
        outcome.kind === 'partial'
          ? planAfterPartial(tried, outcome.failedOffset, this.#limits, nowMs)
          : planAfterFailure(tried, this.#limits, nowMs);
      this.#done = left[0]?.records[0]?.offset ?? this.#done;
      this.#units = [...left, ...rest];
    }
    this.#skipFiltered();
  }

  #start(): PartitionAction {
    const [head] = this.#units;
    if (head === undefined) return IDLE;
    this.#ticket += 1;
    const ticket = this.#ticket;
    this.#running = { ticket, isDiscard: head.discard !== null };
    const { records, invocations } = head;
    return head.discard === null
      ? { kind: 'invoke', ticket, records, attempt: head.invocations + 1 }
      : { kind: 'discard', ticket, records, condition: head.discard, invocations };
  }

  /** Returns null when a batch is open, otherwise when to ask again. */
  #openBatch(nowMs: number): number | null {
    const decision = decideBatch(this.#queue, this.#limits, nowMs);
    if (decision.kind === 'wait') return decision.untilMs;
    const records = this.#queue.take(decision.count).map((item) => item.record);
    const unit = newUnit(records, this.#queue.at(0)?.record.offset ?? this.#position);
    this.#units = [{ ...unit, discard: decision.discard }];
    return null;
  }

  /** With no unit in progress, everything before the next queued record was filtered out and is done. */
  #skipFiltered(): void {
    if (this.#units.length > 0) return;
    this.#done = Math.max(this.#done, this.#queue.at(0)?.record.offset ?? this.#position);
  }

  #startOver(): void {
    this.#queue.clear();
    this.#units = [];
  }
}
