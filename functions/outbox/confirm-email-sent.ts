import { usersDatabase } from '#shared/db/databases.ts';
import { kafkaHandler } from '#shared/kafka/consumer-handler.ts';
import { publish } from '#shared/kafka/producer.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { confirmEvents } from '#shared/outbox/confirm-events.ts';

type Confirm = (records: readonly RawRecord[]) => Promise<void>;

export function confirmEmailSent(confirm: Confirm) {
  return kafkaHandler((records) => confirm(records));
}

export const handler = confirmEmailSent(confirmEvents({ database: usersDatabase, publish }));
