import type { RetryBackoff } from '../config/settings.ts';
import type { PolledRecord } from '../record/record.ts';

/** Decides when a batch closes and what happens after a failure. */
export interface PartitionLimits {
  readonly batchSize: number;
  readonly windowMs: number;
  /** Largest JSON size of the records of one batch, commas included. */
  readonly maximumRecordsBytes: number;
  readonly isBisecting: boolean;
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeMs: number;
  readonly backoff: RetryBackoff;
}

/** Why records were discarded, in AWS's words. */
export type DiscardCondition =
  | 'RetriesExhausted'
  | 'MaximumPayloadSizeExceeded'
  | 'RecordAgeExceeded'
  | 'SchemaNotFound'
  | 'DeserializationError';

/** What one invocation carries: a batch, or what bisecting or a partial response left of one. */
export interface Unit {
  readonly records: readonly PolledRecord[];
  /** Offset to commit when the unit is done: that of the next unfiltered record. */
  readonly endOffset: number;
  /** Failed invocations that count against the retry attempts. */
  readonly attempts: number;
  /** Consecutive failures, for the back-off. */
  readonly failures: number;
  /** Invocations that carried these records. */
  readonly invocations: number;
  readonly notBeforeMs: number;
  /** Set when the unit is discarded. */
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

/** The next action of a partition. Pass `ticket` back with the outcome. */
export type PartitionAction =
  | {
      readonly kind: 'invoke';
      readonly ticket: number;
      readonly records: readonly PolledRecord[];
      readonly attempt: number;
    }
  | {
      readonly kind: 'discard';
      readonly ticket: number;
      readonly records: readonly PolledRecord[];
      readonly condition: DiscardCondition;
      readonly invocations: number;
    }
  | { readonly kind: 'wait'; readonly untilMs: number };

/** How an action ended. `done`: every record succeeded or was delivered. */
export type ActionOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'partial'; readonly failedOffset: number };
