import { randomUUID } from 'node:crypto';
import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { randomEmail } from './random.ts';

let nextOffset = 0;

export interface TestEvent {
  readonly uuid: string;
  readonly userEmail: string;
  readonly addedAt: Date;
  readonly generation: number;
}

/** An event that no other test uses. */
export function testEvent(overrides: Partial<TestEvent> = {}): TestEvent {
  return {
    uuid: randomUUID(),
    userEmail: randomEmail(),
    addedAt: new Date(),
    generation: 0,
    ...overrides,
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A record in the form in which Lambda passes it. */
export function rawRecord(value: string | null, overrides: Partial<RawRecord> = {}): RawRecord {
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
}

/** The record of an outgoing message. */
export function recordOf({ key, value, headers }: OutgoingMessage, overrides: Partial<RawRecord> = {}): RawRecord {
  return rawRecord(value, {
    key: key === null ? null : Buffer.from(key.toString()).toString('base64'),
    headers: Object.entries(headers).map(([name, text]) => ({ [name]: [...Buffer.from(text)] })),
    ...overrides,
  });
}

/** The event of a mapping for a batch. */
export function kafkaEvent(records: readonly RawRecord[]) {
  const byPartition: Record<string, RawRecord[]> = {};
  for (const record of records) {
    const key = `${record.topic}-${record.partition}`;
    byPartition[key] = [...(byPartition[key] ?? []), record];
  }
  return { eventSource: 'SelfManagedKafka', bootstrapServers: '127.0.0.1:9092', records: byPartition };
}

/** The message that requests an event's mail. */
export function sendRecord(event: TestEvent, overrides: Partial<RawRecord> = {}): RawRecord {
  return recordOf(
    toMessage('user.email.send', { ...event, eventState: 'PROCESSING', processedAt: null, traceparent: null }),
    overrides,
  );
}
