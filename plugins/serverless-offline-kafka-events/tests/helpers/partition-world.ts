import { expect } from 'vitest';
import { Partition } from '../../src/partition/partition.ts';
import type { PartitionAction } from '../../src/partition/units-and-limits.ts';
import { limits, queued } from './records.ts';

/**
 * Any order of polling, invoking, failing, rebalancing, committing and crashing. The broker and the function are modelled:
 * a log, a committed offset, and what was handled.
 */
export class World {
  readonly log: number[] = [];
  readonly handled = new Set<number>();
  readonly filtered = new Set<number>();
  readonly delivered = new Set<number>();
  readonly partition: Partition;
  readonly isEndless: boolean;
  brokerCommitted = -1;
  nowMs = 0;
  fetchFrom = 0;
  running: Exclude<PartitionAction, { kind: 'wait' }> | null = null;
  isMember = false;
  /** Where the broker's log begins. */
  earliest = 0;
  /** Gone from the broker before we had it. */
  readonly gone = new Set<number>();
  /** Polled, and not forgotten since. */
  readonly held = new Set<number>();
  isLeftAlone = true;

  constructor(options: { isBisecting: boolean; maximumRetryAttempts: number; batchSize: number }) {
    this.partition = new Partition(limits({ ...options, windowMs: 50 }));
    this.isEndless = options.maximumRetryAttempts === Number.POSITIVE_INFINITY;
  }

  produce(isKept: boolean): void {
    // A gap now and then, as compaction and transactions leave them.
    const offset = (this.log.at(-1) ?? -1) + (this.log.length % 5 === 4 ? 2 : 1);
    this.log.push(offset);
    if (!isKept) this.filtered.add(offset);
  }

  join(): void {
    this.isMember = true;
    // Who was away may hold what the group has done meanwhile, or is to do again.
    if (!this.isLeftAlone) this.held.clear();
    this.isLeftAlone = true;
    this.fetchFrom = this.partition.assign(this.brokerCommitted, this.earliest, this.earliest).from;
    this.loseExpired();
    expect(this.fetchFrom).toBeGreaterThanOrEqual(Math.max(0, this.brokerCommitted));
  }

  poll(count: number): void {
    if (!this.isMember) return;
    if (this.fetchFrom < this.earliest) this.fetchFrom = this.partition.skipTo(this.earliest);
    const polled = this.log.filter((offset) => offset >= this.fetchFrom).slice(0, count);
    const last = polled.at(-1);
    if (last === undefined) return;
    this.partition.append(queued(polled.filter((offset) => !this.filtered.has(offset))), last + 1, this.nowMs);
    for (const offset of polled) this.held.add(offset);
    this.fetchFrom = last + 1;
  }

  /** Deletes records, as retention does. */
  expire(count: number): void {
    const left = this.log.filter((offset) => offset >= this.earliest);
    this.earliest = left[count] ?? (left.at(-1) ?? this.earliest - 1) + 1;
    this.loseExpired();
  }

  loseExpired(): void {
    for (const offset of this.log) if (offset < this.earliest && !this.held.has(offset)) this.gone.add(offset);
  }

  /** A fetch that was under way brings some records a second time. */
  pollAgain(count: number): void {
    const polled = this.log.filter((offset) => offset < this.fetchFrom && !this.filtered.has(offset)).slice(-count);
    this.partition.append(queued(polled), this.fetchFrom, this.nowMs);
  }

  step(advanceMs: number): void {
    this.nowMs += advanceMs;
    const action = this.partition.next(this.nowMs);
    if (action.kind === 'wait') return;
    expect(this.running, 'two invocations of one partition at once').toBeNull();
    this.running = action;
    const offsets = action.records.map((record) => record.offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    const [first = 0] = offsets;
    for (const before of this.log.filter((offset) => offset < first)) {
      expect(this.isDone(before), `offset ${before} skipped: ${first} is being worked on`).toBe(true);
    }
  }

  settle(how: 'done' | 'failed' | 'partial', at: number): void {
    const action = this.running;
    if (action === null) return;
    this.running = null;
    const offsets = action.records.map((record) => record.offset);
    if (how === 'done') {
      for (const offset of offsets) (action.kind === 'invoke' ? this.handled : this.delivered).add(offset);
      this.partition.settle(action.ticket, { kind: 'done' }, this.nowMs);
    } else if (how === 'partial') {
      const failedOffset = offsets[at % offsets.length] ?? 0;
      const done = action.kind === 'invoke' ? this.handled : this.delivered;
      for (const offset of offsets.filter((one) => one < failedOffset)) done.add(offset);
      this.partition.settle(action.ticket, { kind: 'partial', failedOffset }, this.nowMs);
    } else {
      this.partition.settle(action.ticket, { kind: 'failed' }, this.nowMs);
    }
  }

  commit(isAcknowledged: boolean): void {
    const offset = this.partition.offsetToCommit;
    if (offset === null) return;
    expect(this.isMember, 'committed for somebody else').toBe(true);
    expect(offset).toBeGreaterThanOrEqual(this.brokerCommitted);
    for (const below of this.log.filter((one) => one < offset)) {
      expect(this.isDone(below), `offset ${below} committed before it was done`).toBe(true);
    }
    this.brokerCommitted = offset;
    if (isAcknowledged) this.partition.committed(offset);
  }

  suspend(): void {
    this.isMember = false;
    this.partition.suspend();
  }

  /** Another member owns the partition for a while and processes `count` records. */
  loseTo(count: number, isNoticed: boolean): void {
    this.suspend();
    if (isNoticed) this.partition.revoke();
    this.isLeftAlone = false;
    const from = Math.max(this.earliest, this.brokerCommitted);
    const taken = this.log.filter((offset) => offset >= from).slice(0, count);
    const last = taken.at(-1);
    if (last === undefined) return;
    for (const offset of taken) this.handled.add(offset);
    this.brokerCommitted = last + 1;
  }

  /** Resets the group to offset 0 while it has no member. */
  replay(): void {
    if (this.isMember) return;
    this.isLeftAlone = false;
    this.brokerCommitted = 0;
  }

  isDone(offset: number): boolean {
    if (this.gone.has(offset)) return true;
    return this.handled.has(offset) || this.filtered.has(offset) || this.delivered.has(offset);
  }
}
