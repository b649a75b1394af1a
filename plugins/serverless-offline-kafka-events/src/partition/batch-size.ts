import type { RecordQueue } from './record-queue.ts';
import type { DiscardCondition, PartitionLimits } from './units-and-limits.ts';

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
