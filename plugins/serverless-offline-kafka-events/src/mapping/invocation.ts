import { type LambdaKafkaEvent, type PolledRecord, partitionKey } from '../record/record.ts';
import { isObject } from '../support/value.ts';

/** How one invocation of a function ended. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly value: unknown }
  | {
      readonly kind: 'failed';
      readonly reason: 'error' | 'timeout';
      readonly error: unknown;
      /** Resolves when the handler has ended: in this process a handler that timed out cannot be stopped. */
      readonly settled: Promise<void>;
    };

/** Invokes a function; never rejects. */
export type Invoke = (functionKey: string, event: LambdaKafkaEvent) => Promise<InvocationResult>;

export type BatchResponse =
  | { readonly kind: 'success' }
  /** Everything below the offset succeeded. */
  | { readonly kind: 'partial'; readonly failedOffset: number }
  | { readonly kind: 'malformed'; readonly problem: string };

/**
 * Interprets a function's response. `records`, all of one partition, are passed with ReportBatchItemFailures only. Without
 * it any JSON is a success; a value that has no JSON fails, as in Lambda's runtime.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */
export function readBatchResponse(answer: unknown, records: readonly PolledRecord[] | null): BatchResponse {
  let response: unknown;
  try {
    // Lambda sees the JSON of the response.
    response = answer === undefined ? null : JSON.parse(JSON.stringify(answer) ?? 'null');
  } catch {
    return malformed('the response is not JSON');
  }
  if (records === null || response === null) return { kind: 'success' };
  if (!isObject(response)) return malformed('the response is not an object');
  const failures = response.batchItemFailures;
  if (failures === undefined || failures === null) return { kind: 'success' };
  if (!Array.isArray(failures)) return malformed('batchItemFailures is not a list');

  const offsets = new Set(records.map((record) => record.offset));
  const [first] = records;
  const key = first === undefined ? '' : partitionKey(first.topic, first.partition);
  let failedOffset = Number.POSITIVE_INFINITY;
  for (const failure of failures) {
    const identifier: unknown = isObject(failure) ? failure.itemIdentifier : undefined;
    if (!isObject(identifier)) return malformed('an itemIdentifier is not {partition, offset}');
    const { partition, offset } = identifier;
    if (typeof partition !== 'string' || typeof offset !== 'number') {
      return malformed('an itemIdentifier needs the partition as a string and the offset as a number');
    }
    if (partition !== key || !offsets.has(offset))
      return malformed(`${partition} offset ${offset} was not in the event`);
    failedOffset = Math.min(failedOffset, offset);
  }
  return failures.length === 0 ? { kind: 'success' } : { kind: 'partial', failedOffset };
}

function malformed(problem: string): BatchResponse {
  return { kind: 'malformed', problem };
}
