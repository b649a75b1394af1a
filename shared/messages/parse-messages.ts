import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { toDeadLetter } from './dead-letter.ts';
import { type EventMessage, MalformedMessageError, parseEventMessage } from './event-message.ts';

/** An event and the record that contains it. */
export interface ReceivedMessage extends EventMessage {
  readonly record: RawRecord;
}

/** Parses records into events, and dead letters of malformed messages. */
export function parseMessages(records: readonly RawRecord[]) {
  const messages: ReceivedMessage[] = [];
  const deadLetters: OutgoingMessage[] = [];
  for (const record of records) {
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
