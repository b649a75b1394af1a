import type { PolledRecord } from '../record/polled-record.ts';

/** Why records went to the destination, in AWS's words. */
export type DiscardCondition = 'RetriesExhausted' | 'MaximumPayloadSizeExceeded' | 'RecordAgeExceeded';

/** A batch, or the part of one that bisecting or a partial response left over: what one invocation carries. */
export interface Unit {
  readonly records: readonly PolledRecord[];
  /** Offset to commit once all of it is done: that of the next record that was not filtered out. */
  readonly endOffset: number;
  /** Failed invocations that count against the retry attempts. */
  readonly attempts: number;
  /** Failures in a row, for the back-off. */
  readonly failures: number;
  /** Invocations that carried its records: each of them carried all. */
  readonly invocations: number;
  readonly notBeforeMs: number;
  /** Set once it is given up. */
  readonly discard: DiscardCondition | null;
}

export function newUnit(records: readonly PolledRecord[], endOffset: number): Unit {
  return { records, endOffset, attempts: 0, failures: 0, invocations: 0, notBeforeMs: 0, discard: null };
}

/** Two units in order; `at` is between 1 and length − 1. */
export function splitUnit(unit: Unit, at: number): [Unit, Unit] {
  const boundary = unit.records[at];
  if (at < 1 || boundary === undefined) throw new RangeError(`cannot split ${unit.records.length} records at ${at}`);
  return [
    { ...unit, records: unit.records.slice(0, at), endOffset: boundary.offset },
    { ...unit, records: unit.records.slice(at) },
  ];
}
