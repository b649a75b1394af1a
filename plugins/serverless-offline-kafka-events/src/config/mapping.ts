import type { RecordFilter } from '../filter/record-filter.ts';
import type { SchemaRegistryConfig } from './schema-registry.ts';
import type { Security } from './security.ts';
import type { RetryBackoff } from './settings.ts';

export type StartingPosition = 'LATEST' | 'TRIM_HORIZON' | 'AT_TIMESTAMP';

/** Where records go once their retries or their age are exhausted. */
export type FailureDestination =
  | { readonly kind: 'kafka'; readonly topic: string }
  | { readonly kind: 'arn'; readonly arn: string };

/** One `kafka:` or `msk:` event of serverless.yml with every default filled in. */
export interface Mapping {
  readonly functionKey: string;
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly eventSource: 'SelfManagedKafka' | 'aws:kafka';
  /** Set for `msk:` only. */
  readonly eventSourceArn?: string;
  /** The cluster as serverless.yml names it. */
  readonly cluster: string;
  readonly brokers: readonly string[];
  readonly security: Security;
  readonly topic: string;
  readonly groupId: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly enabled: boolean;
  readonly startingPosition: StartingPosition;
  readonly startingTimestampMs?: number;
  readonly filter: RecordFilter | null;
  readonly isReportingBatchItemFailures: boolean;
  readonly isBisecting: boolean;
  /** Infinity: no limit. */
  readonly maximumRetryAttempts: number;
  /** Infinity: no limit. */
  readonly maximumRecordAgeMs: number;
  readonly destination: FailureDestination | null;
  /** How many invocations may run at once; Infinity: one per partition. */
  readonly maximumInvocations: number;
  readonly schemaRegistry: SchemaRegistryConfig | null;
  readonly backoff: RetryBackoff;
  /** Properties that act on AWS only. */
  readonly awsOnly: readonly string[];
}
