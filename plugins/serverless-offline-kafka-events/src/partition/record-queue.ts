import type { PolledRecord } from '../record/record.ts';
import type { DiscardCondition, PartitionLimits } from './units-and-limits.ts';

/** A record that waits for its batch. */
export interface QueuedRecord {
  readonly record: PolledRecord;
  /** Bytes of its JSON in the event. */
  readonly jsonBytes: number;
  readonly arrivedAtMs: number;
  /** Set when it can never reach the function. */
  readonly discard?: DiscardCondition;
}

/** A FIFO queue that moves no items on `take` and releases taken records at once. */
export class RecordQueue {
  #items: (QueuedRecord | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** JSON bytes of everything queued. */
  get bytes(): number {
    return this.#bytes;
  }

  push(item: QueuedRecord): void {
    this.#items.push(item);
    this.#bytes += item.jsonBytes;
  }

  at(index: number): QueuedRecord | undefined {
    return this.#items[this.#head + index];
  }

  take(count: number): QueuedRecord[] {
    const taken: QueuedRecord[] = [];
    for (; taken.length < count; this.#head += 1) {
      const item = this.#items[this.#head];
      if (item === undefined) break;
      // Release the record for garbage collection.
      this.#items[this.#head] = undefined;
      this.#bytes -= item.jsonBytes;
      taken.push(item);
    }
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head > 4096 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}

/** Either `count` records form a batch now, or the batch stays open until `untilMs`. */
export type BatchDecision =
  | { readonly kind: 'take'; readonly count: number; readonly discard: DiscardCondition | null }
  | { readonly kind: 'wait'; readonly untilMs: number };

export type BatchLimits = Pick<PartitionLimits, 'batchSize' | 'windowMs' | 'maximumRecordsBytes'>;

/**
 * A batch closes on its size, on its window, or before its JSON would pass the payload limit. Records that can never reach
 * the function, because one alone is too large or does not fit its schema, are taken apart from the others.
 */
export function decideBatch(queue: RecordQueue, limits: BatchLimits, nowMs: number): BatchDecision {
  const first = queue.at(0);
  if (first === undefined) return { kind: 'wait', untilMs: Number.POSITIVE_INFINITY };
  if (first.discard !== undefined) return { kind: 'take', count: countAlike(queue, limits), discard: first.discard };
  if (first.jsonBytes > limits.maximumRecordsBytes)
    return { kind: 'take', count: 1, discard: 'MaximumPayloadSizeExceeded' };

  const closesAtMs = first.arrivedAtMs + limits.windowMs;
  const isFull = queue.length >= limits.batchSize || queue.bytes + queue.length - 1 >= limits.maximumRecordsBytes;
  if (!isFull && nowMs < closesAtMs) return { kind: 'wait', untilMs: closesAtMs };

  let bytes = first.jsonBytes;
  let count = 1;
  while (count < limits.batchSize) {
    const next = queue.at(count);
    if (next === undefined || next.discard !== undefined) break;
    bytes += 1 + next.jsonBytes;
    if (bytes > limits.maximumRecordsBytes) break;
    count += 1;
  }
  return { kind: 'take', count, discard: null };
}

/** How many records from the first on have the same condition. */
function countAlike(queue: RecordQueue, { batchSize }: BatchLimits): number {
  const condition = queue.at(0)?.discard;
  let count = 1;
  while (count < batchSize && queue.at(count)?.discard === condition) count += 1;
  return count;
}
