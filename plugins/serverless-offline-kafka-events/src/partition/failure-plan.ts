import type { RetryBackoff } from '../config/settings.ts';
import type { PolledRecord } from '../record/record.ts';
import { type ActionOutcome, type PartitionLimits, splitUnit, type Unit } from './units-and-limits.ts';

export type FailureLimits = Pick<PartitionLimits, 'isBisecting' | 'maximumRetryAttempts' | 'backoff'>;

/** Returns the units that remain, in order, after an invocation failed as a whole. */
export function planAfterFailure(unit: Unit, limits: FailureLimits, nowMs: number): Unit[] {
  if (limits.isBisecting && unit.records.length > 1) {
    // A split uses no attempt, and the back-off of its halves starts again.
    const halves = splitUnit(unit, Math.ceil(unit.records.length / 2));
    const notBeforeMs = nowMs + backoffMs(limits.backoff, 1);
    return halves.map((half) => ({ ...half, failures: 1, notBeforeMs }));
  }
  const attempts = unit.attempts + 1;
  if (attempts > limits.maximumRetryAttempts) return [{ ...unit, attempts, discard: 'RetriesExhausted' }];
  const failures = unit.failures + 1;
  return [{ ...unit, attempts, failures, notBeforeMs: nowMs + backoffMs(limits.backoff, failures) }];
}

/** Returns the units that remain after a partial response: everything from the lowest failed offset on. */
export function planAfterPartial(unit: Unit, failedOffset: number, limits: FailureLimits, nowMs: number): Unit[] {
  const at = unit.records.findIndex((record) => record.offset >= failedOffset);
  if (at < 1) return planAfterFailure(unit, limits, nowMs);
  const [, rest] = splitUnit(unit, at);
  // There was progress, so the back-off starts again. The invocation count stays, because it carried these records too.
  const fresh = { ...rest, failures: 0 };
  if (!limits.isBisecting) return planAfterFailure(fresh, limits, nowMs);
  return [{ ...fresh, failures: 1, notBeforeMs: nowMs + backoffMs(limits.backoff, 1) }];
}

/** Returns the unit that remains after a delivery failed, wholly or partly. Deliveries are retried without limit. */
export function planAfterDelivery(
  unit: Unit,
  outcome: Exclude<ActionOutcome, { kind: 'done' }>,
  limits: Pick<PartitionLimits, 'backoff'>,
  nowMs: number,
): Unit {
  const at = outcome.kind === 'partial' ? unit.records.findIndex((record) => record.offset >= outcome.failedOffset) : 0;
  const left = at < 1 ? unit : splitUnit(unit, at)[1];
  const failures = at < 1 ? unit.failures + 1 : 1;
  return { ...left, failures, notBeforeMs: nowMs + backoffMs(limits.backoff, failures) };
}

/** Splits off the leading records that are all too old, or all young enough, and marks the old ones as discarded. */
export function splitByAge(unit: Unit, maximumAgeMs: number, nowMs: number): Unit[] {
  if (maximumAgeMs === Number.POSITIVE_INFINITY) return [unit];
  const isTooOld = (record: PolledRecord): boolean => nowMs - record.timestamp > maximumAgeMs;
  const [first] = unit.records;
  if (first === undefined) return [unit];
  const isFirstTooOld = isTooOld(first);
  const at = unit.records.findIndex((record) => isTooOld(record) !== isFirstTooOld);
  const [head, ...rest] = at < 0 ? ([unit] as const) : splitUnit(unit, at);
  return [isFirstTooOld ? { ...head, discard: 'RecordAgeExceeded' } : head, ...rest];
}

/** Milliseconds to wait after the given number of failures in a row (1 or more). */
export function backoffMs(backoff: RetryBackoff, failures: number): number {
  return Math.min(backoff.initialMs * 2 ** Math.min(failures - 1, 30), backoff.maximumMs);
}
