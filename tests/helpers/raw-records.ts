import { randomUUID } from 'node:crypto';
import { toMessage } from '#shared/messages/event-message.ts';
import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { randomEmail } from './random.ts';

let nextOffset = 0;

export interface TestEvent {
  readonly uuid: string;
  readonly userEmail: string;
  readonly addedAt: Date;
  readonly generation: number;
}

/** An event that nobody else has. */
export const testEvent = (overrides: Partial<TestEvent> = {}): TestEvent => ({
  uuid: randomUUID(),
  userEmail: randomEmail(),
  addedAt: new Date(),
  generation: 0,
  ...overrides,
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A record as Lambda hands it over. */
export const rawRecord = (value: string | null, overrides: Partial<RawRecord> = {}): RawRecord => {
  nextOffset += 1;
  return {
    topic: 'user.email.send',
    partition: 0,
    offset: nextOffset,
    timestamp: Date.now(),
    value: value === null ? null : base64(value),
    headers: [],
    ...overrides,
  };
};

/** The record that an outgoing message becomes. */
export const recordOf = ({ key, value, headers }: OutgoingMessage, overrides: Partial<RawRecord> = {}): RawRecord =>
  rawRecord(value, {
    key: key === null ? null : Buffer.from(key.toString()).toString('base64'),
    headers: Object.entries(headers).map(([name, text]) => ({ [name]: [...Buffer.from(text)] })),
    ...overrides,
  });

/** The message that asks for an event's mail. */
export const sendRecord = (event: TestEvent, overrides: Partial<RawRecord> = {}): RawRecord =>
  recordOf(
    toMessage('user.email.send', { ...event, eventState: 'PROCESSING', processedAt: null, traceparent: null }),
    overrides,
  );
