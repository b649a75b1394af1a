import type { Mapping } from '../../src/config/mappings.ts';
import type { PartitionLimits } from '../../src/partition/units-and-limits.ts';
import type { PolledRecord } from '../../src/record/record.ts';

/** A record; most tests need its offset only. */
export function aRecord(offset: number, parts: Partial<PolledRecord> = {}): PolledRecord {
  return {
    topic: 'orders',
    partition: 0,
    offset,
    timestamp: 1_000_000 + offset,
    timestampType: 'CREATE_TIME',
    key: null,
    value: Buffer.from(`value ${offset}`),
    headers: [],
    ...parts,
  };
}

export function records(...offsets: number[]): PolledRecord[] {
  return offsets.map((offset) => aRecord(offset));
}

/** Records as appended to a partition, each of the given size. */
export function queued(offsets: readonly number[], jsonBytes = 100): { record: PolledRecord; jsonBytes: number }[] {
  return offsets.map((offset) => ({ record: aRecord(offset), jsonBytes }));
}

export function limits(parts: Partial<PartitionLimits> = {}): PartitionLimits {
  return {
    batchSize: 3,
    windowMs: 0,
    maximumRecordsBytes: 10_000,
    isBisecting: false,
    maximumRetryAttempts: Number.POSITIVE_INFINITY,
    maximumRecordAgeMs: Number.POSITIVE_INFINITY,
    backoff: { initialMs: 1_000, maximumMs: 30_000 },
    ...parts,
  };
}

export function aMapping(parts: Partial<Mapping> = {}): Mapping {
  return {
    functionKey: 'consume',
    functionName: 'service-dev-consume',
    timeoutMs: 6_000,
    eventSource: 'SelfManagedKafka',
    cluster: 'cluster',
    brokers: ['127.0.0.1:9092'],
    security: { ssl: false, sasl: null },
    topic: 'orders',
    groupId: 'group',
    batchSize: 100,
    windowMs: 500,
    enabled: true,
    startingPosition: 'TRIM_HORIZON',
    filter: null,
    isReportingBatchItemFailures: false,
    isBisecting: false,
    maximumRetryAttempts: Number.POSITIVE_INFINITY,
    maximumRecordAgeMs: Number.POSITIVE_INFINITY,
    destination: null,
    maximumInvocations: Number.POSITIVE_INFINITY,
    schemaRegistry: null,
    backoff: { initialMs: 1_000, maximumMs: 30_000 },
    awsOnly: [],
    ...parts,
  };
}
