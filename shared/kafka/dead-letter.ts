import { randomUUID } from 'node:crypto';
import { metadataHeaders } from './event-message.ts';
import type { OutgoingMessage } from './producer.ts';
import type { RawRecord } from './records.ts';

/** A dead letter as it lies on a `<topic>.dlq`: AWS's on-failure envelope around the record. */
export interface DeadLetter {
  readonly condition: string;
  readonly reason: string;
  readonly attempts: number;
  /** The record that failed, as the event source delivered it; undefined when the envelope holds none. */
  readonly record: RawRecord | undefined;
}

/** A handler's own verdict: delivering the record again cannot help. */
export const PERMANENT_FAILURE = 'PermanentFailure';

const partitionKey = ({ topic, partition }: RawRecord): string => `${topic}-${partition}`;

/** The message for the dead letter topic: the record's own key, and the envelope with the record in it. */
export const toDeadLetter = (
  record: RawRecord,
  key: string | null,
  reason: string,
  attempts: number,
  headers: Readonly<Record<string, string>>,
): OutgoingMessage => {
  const payload = JSON.stringify({ eventSource: 'SelfManagedKafka', records: { [partitionKey(record)]: [record] } });
  const at = new Date();
  return {
    key,
    value: JSON.stringify({
      requestContext: {
        requestId: randomUUID(),
        functionArn: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'local',
        condition: PERMANENT_FAILURE,
        approximateInvokeCount: attempts,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: reason },
      version: '1.0',
      timestamp: at.toISOString(),
      KafkaBatchInfo: {
        batchSize: 1,
        payloadSize: Buffer.byteLength(payload),
        recordInfo: { [partitionKey(record)]: { startOffset: record.offset, endOffset: record.offset } },
      },
      payload,
    }),
    headers: {
      ...metadataHeaders('user.email.dead', key ?? randomUUID(), at, headers['traceparent'] ?? null),
      ...headers,
    },
  };
};

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const parsed = (text: unknown): Json => {
  if (typeof text !== 'string') return object(text);
  try {
    return object(JSON.parse(text));
  } catch {
    return {};
  }
};

const firstRecord = (payload: unknown): RawRecord | undefined => {
  for (const records of Object.values(object(parsed(payload)['records']))) {
    const record: unknown = Array.isArray(records) ? records[0] : undefined;
    if (typeof record === 'object' && record !== null && 'value' in record) return record as RawRecord;
  }
  return undefined;
};

/** Reads a dead letter of any origin; whatever is missing gets a telling default, so this never fails. */
export const parseDeadLetter = (value: string | null): DeadLetter => {
  const envelope = parsed(value ?? '');
  const request = object(envelope['requestContext']);
  const response = object(envelope['responseContext']);
  const condition = typeof request['condition'] === 'string' ? request['condition'] : 'Unknown';
  const functionError = response['functionError'];
  return {
    condition,
    reason: typeof functionError === 'string' && functionError !== '' ? functionError : condition,
    attempts: typeof request['approximateInvokeCount'] === 'number' ? request['approximateInvokeCount'] : 0,
    record: firstRecord(envelope['payload']),
  };
};
