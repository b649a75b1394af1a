import type { RetryBackoff } from '../config/mapping.ts';

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
