import type { DiscardCondition } from '../partition/unit.ts';
import type { PolledRecord } from '../record/polled-record.ts';

/** Records that are given up. */
export interface FailedRecords {
  readonly records: readonly PolledRecord[];
  readonly condition: DiscardCondition;
  readonly invocations: number;
}

/**
 * Brings them to where they belong. Resolves with how many, from the first on, are there; the rest is to be tried again.
 * Never rejects.
 */
export type DeliverFailed = (failed: FailedRecords) => Promise<number>;
