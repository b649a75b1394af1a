import { type Invocation, kafkaHandler } from '#shared/kafka/consumer-handler.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { notificationServices } from '#shared/notifications/services.ts';

type Receive = (records: readonly RawRecord[], remainingMs: () => number) => Promise<void>;

export function sendWelcomeEmail(receive: Receive) {
  return kafkaHandler((records, { remainingMs }: Invocation) => receive(records, remainingMs));
}

export const handler = sendWelcomeEmail((records, remainingMs) => notificationServices().receive(records, remainingMs));
