import type { Partition } from '../partition/partition.ts';

const BYTES_HIGH = 8 * 1024 * 1024;
const RECORDS_HIGH = 20_000;

/** What is polled ahead per partition is bounded; polling goes on once half of it is gone, so that it never runs dry. */
export function isTooFull(partition: Partition, batchSize: number): boolean {
  return partition.queuedBytes >= BYTES_HIGH || partition.queuedRecords >= Math.max(RECORDS_HIGH, batchSize * 3);
}

export function hasRoomAgain(partition: Partition, batchSize: number): boolean {
  return (
    partition.queuedBytes <= BYTES_HIGH / 2 && partition.queuedRecords <= Math.max(RECORDS_HIGH, batchSize * 3) / 2
  );
}
