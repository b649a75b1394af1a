import type { PolledRecord } from '../record/polled-record.ts';

/** A record that waits for its batch. */
export interface QueuedRecord {
  readonly record: PolledRecord;
  /** Bytes of its JSON in the event. */
  readonly jsonBytes: number;
  readonly arrivedAtMs: number;
}
