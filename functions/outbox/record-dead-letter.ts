import { usersDatabase } from '#shared/db/databases.ts';
import { kafkaHandler } from '#shared/kafka/consumer-handler.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { recordDeadLetters } from '#shared/outbox/record-dead-letters.ts';

type Recorder = (records: readonly RawRecord[]) => Promise<void>;

export function recordDeadLetter(record: Recorder) {
  return kafkaHandler((records) => record(records));
}

export const handler = recordDeadLetter(recordDeadLetters(usersDatabase));
