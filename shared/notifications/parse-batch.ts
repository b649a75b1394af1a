import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { toDeadLetter, toRefusal } from '#shared/messages/dead-letter.ts';
import { MalformedMessageError, parseEventMessage } from '#shared/messages/event-message.ts';
import type { InboxMessage } from './delivery-repository.ts';

export interface ParsedBatch {
  /** By uuid. */
  readonly messages: ReadonlyMap<string, InboxMessage>;
  readonly deadLetters: readonly OutgoingMessage[];
}

/** Parses a batch into events, each once with its highest generation, and dead letters of malformed and unsigned messages. */
export function parseBatch(records: readonly RawRecord[], unsigned: ReadonlySet<RawRecord> = new Set()): ParsedBatch {
  const messages = new Map<string, InboxMessage>();
  const deadLetters: OutgoingMessage[] = [];
  for (const raw of records) {
    if (unsigned.has(raw)) {
      deadLetters.push(toRefusal(raw));
      continue;
    }
    const record = decodeRecord(raw);
    try {
      const message = { ...parseEventMessage(record), partition: raw.partition, offset: raw.offset };
      const known = messages.get(message.uuid);
      if (known === undefined || known.generation < message.generation) messages.set(message.uuid, message);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      deadLetters.push(toDeadLetter(raw, record.key, error.message, 1, record.headers));
    }
  }
  return { messages, deadLetters };
}
