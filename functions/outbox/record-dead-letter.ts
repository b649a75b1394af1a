/** Kafka topics user.email.send.dlq and user.email.sent.dlq */

import { usersDatabase } from '#shared/db/databases.ts';
import { kafkaHandler } from '#shared/kafka/consumer-handler.ts';
import { recordDeadLetters } from '#shared/outbox/record-dead-letters.ts';

export const handler = kafkaHandler(recordDeadLetters(usersDatabase));
