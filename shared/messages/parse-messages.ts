import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { unsignedAmong } from '#shared/kafka/signature.ts';
import { toDeadLetter, toRefusal } from './dead-letter.ts';
import { type EventMessage, MalformedMessageError, parseEventMessage } from './event-message.ts';

/** An event and the record that contains it. */
export interface ReceivedMessage extends EventMessage {
  readonly record: RawRecord;
}

/**
 * Parses records into events, and dead letters of malformed and unsigned messages.
 * @throws AppError DEPENDENCY_DOWN when MESSAGE_SECRET cannot be fetched
 */
export async function parseMessages(records: readonly RawRecord[]) {
  const unsigned = await unsignedAmong(records);
  const messages: ReceivedMessage[] = [];
  const deadLetters: OutgoingMessage[] = [...unsigned].map(toRefusal);
  for (const record of records) {
    if (unsigned.has(record)) continue;
    const { key, headers, ...decoded } = decodeRecord(record);
    try {
      messages.push({ ...parseEventMessage({ ...decoded, headers }), record });
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      deadLetters.push(toDeadLetter(record, key, error.message, 1, headers));
    }
  }
  return { messages, deadLetters };
}
