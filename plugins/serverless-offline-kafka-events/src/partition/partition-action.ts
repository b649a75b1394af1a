import type { PolledRecord } from '../record/polled-record.ts';
import type { DiscardCondition } from './unit.ts';

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
