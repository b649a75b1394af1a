import type { RetryBackoff } from '../config/mapping.ts';
import type { PolledRecord } from '../record/polled-record.ts';

/** What decides when a batch closes and what becomes of one that failed. */
export interface PartitionLimits {
  readonly batchSize: number;
  readonly windowMs: number;
  /** Bytes of JSON that the records of one batch may take, commas included. */
  readonly maximumRecordsBytes: number;
  readonly isBisecting: boolean;
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeMs: number;
  readonly backoff: RetryBackoff;
}

/** Why records went to the destination, in AWS's words. */
export type DiscardCondition =
  | 'RetriesExhausted'
  | 'MaximumPayloadSizeExceeded'
  | 'RecordAgeExceeded'
  | 'SchemaNotFound'
  | 'DeserializationError';

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

/** What the partition wants done next. `ticket` comes back with the outcome. */
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

/** How an action ended. `done`: all of it succeeded, or was delivered. */
export type ActionOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'partial'; readonly failedOffset: number };
