import type { KafkaMessage } from 'kafkajs';
import type { PolledRecord, RecordHeader } from '../record/polled-record.ts';
import { ORDERED_HEADERS, type WrittenHeader } from './header-order.ts';

const LOG_APPEND_TIME = 1;

/** What kafkajs has on a message but does not declare. */
interface Undeclared {
  readonly batchContext?: { readonly timestampType?: number };
}

type OrderedHeaders = { readonly [ORDERED_HEADERS]?: readonly WrittenHeader[] };

export function toPolledRecord(topic: string, partition: number, message: KafkaMessage & Undeclared): PolledRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    timestampType: message.batchContext?.timestampType === LOG_APPEND_TIME ? 'LOG_APPEND_TIME' : 'CREATE_TIME',
    key: message.key,
    value: message.value,
    headers: headersOf(message.headers),
  };
}

const NO_HEADERS: readonly RecordHeader[] = [];

function headersOf(headers: KafkaMessage['headers']): readonly RecordHeader[] {
  if (headers === undefined) return NO_HEADERS;
  const ordered = (headers as OrderedHeaders)[ORDERED_HEADERS];
  if (ordered !== undefined) return ordered.map(({ key, value }) => [key ?? '', value]);
  // A kafkajs that is not patched: names in the order of first use.
  return Object.entries(headers).flatMap(([name, value]): RecordHeader[] => {
    const values = Array.isArray(value) ? value : [value];
    return values.map((one) => [name, typeof one === 'string' ? Buffer.from(one) : (one ?? null)]);
  });
}
