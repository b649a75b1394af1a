import { randomUUID } from 'node:crypto';
import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { GENERATION_HEADER } from '#shared/kafka/signature.ts';
import { metadataHeaders } from './event-message.ts';

/** A message on a `<topic>.dlq`: AWS's on-failure envelope around the record. */
export interface DeadLetter {
  readonly condition: string;
  readonly reason: string;
  readonly attempts: number;
  /** The failed record as the event source delivered it; undefined when the envelope contains none. */
  readonly record: RawRecord | undefined;
}

/** The condition of a dead letter written by a handler: delivering the record again would not help. */
const PERMANENT_FAILURE = 'PermanentFailure';

/** Leaves room for headers and key within the broker's default limit of 1 MiB. */
const MAX_PAYLOAD_LENGTH = 700_000;
/** Length of the truncated value of a record that does not fit (base64: a multiple of 4). */
const CUT_VALUE_LENGTH = 65_536;
/** Headers copied from the record; the others are only in the record itself. */
const OWN_HEADERS = ['traceparent', GENERATION_HEADER];
const MAX_HEADER_LENGTH = 256;

function partitionKey({ topic, partition }: RawRecord): string {
  return `${topic}-${partition}`;
}

function payloadOf(record: RawRecord): string {
  return JSON.stringify({ eventSource: 'SelfManagedKafka', records: { [partitionKey(record)]: [record] } });
}

/** Truncates a record near the broker's size limit: its dead letter would be too large and block the partition without end. */
function truncated({ topic, partition, offset, timestamp, value }: RawRecord): RawRecord {
  const start = value?.slice(0, CUT_VALUE_LENGTH) ?? null;
  return { topic, partition, offset, timestamp, value: start, headers: [] };
}

function copiedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    OWN_HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined || value.length > MAX_HEADER_LENGTH ? [] : [[name, value]];
    }),
  );
}

const MAX_ID_LENGTH = 36;
/** A longer key is truncated: kafkajs hashes a key in quadratic time (100 kB: 2.5 s), and the message could be too large. */
const MAX_KEY_BYTES = 1024;

/** CloudEvents requires an id: the record's key, unless it is absent or too long. */
function eventIdOf(key: string | null): string {
  return key !== null && key !== '' && key.length <= MAX_ID_LENGTH ? key : randomUUID();
}

/** Keeps a key that is not valid text as bytes, because the key determines the partition. */
function originalKey({ key: base64 }: RawRecord, text: string | null): string | Buffer | null {
  if (base64 === null || base64 === undefined) return text;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MAX_KEY_BYTES) return bytes.subarray(0, MAX_KEY_BYTES);
  return text !== null && bytes.equals(Buffer.from(text)) ? text : bytes;
}

/** The message for the dead letter topic: the record's key, and the envelope with the record. */
export function toDeadLetter(
  record: RawRecord,
  key: string | null,
  reason: string,
  attempts: number,
  headers: Readonly<Record<string, string>>,
): OutgoingMessage {
  const whole = payloadOf(record);
  const payload = whole.length > MAX_PAYLOAD_LENGTH ? payloadOf(truncated(record)) : whole;
  const at = new Date();
  return {
    key: originalKey(record, key),
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
      ...metadataHeaders('user.email.dead', eventIdOf(key), at, null),
      ...copiedHeaders(headers),
    },
  };
}

/** On the dead letter of a refused message: anybody may have written it, so it says nothing about the event that it names. */
export const REFUSED_HEADER = 'x-refused';
export const UNSIGNED = 'Refused: the message is not signed with MESSAGE_SECRET';

/** The dead letter of a message without a valid signature. */
export function toRefusal(record: RawRecord): OutgoingMessage {
  const { key, headers } = decodeRecord(record);
  const letter = toDeadLetter(record, key, UNSIGNED, 1, headers);
  return { ...letter, headers: { ...letter.headers, [REFUSED_HEADER]: 'true' } };
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function parsed(text: unknown): Json {
  if (typeof text !== 'string') return object(text);
  try {
    return object(JSON.parse(text));
  } catch {
    return {};
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
function numberOrZero(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function headersOf(headers: unknown): Array<Record<string, readonly number[]>> {
  return (Array.isArray(headers) ? headers : []).flatMap((entry: unknown) =>
    Object.entries(object(entry)).flatMap(([name, bytes]) =>
      Array.isArray(bytes) ? [{ [name]: bytes.filter((byte) => typeof byte === 'number') }] : [],
    ),
  );
}

function firstRecord(payload: unknown): RawRecord | undefined {
  for (const records of Object.values(object(parsed(payload)['records']))) {
    const record = object(Array.isArray(records) ? records[0] : undefined);
    if (!('value' in record)) continue;
    return {
      topic: textOrNull(record['topic']) ?? '',
      partition: numberOrZero(record['partition']),
      offset: numberOrZero(record['offset']),
      timestamp: numberOrZero(record['timestamp']),
      key: textOrNull(record['key']),
      value: textOrNull(record['value']),
      headers: headersOf(record['headers']),
    };
  }
  return undefined;
}

/** Reads a dead letter of any origin. Never throws: missing parts get defaults. */
export function parseDeadLetter(value: string | null): DeadLetter {
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
}
