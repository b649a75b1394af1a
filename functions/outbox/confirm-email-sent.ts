/** Kafka topic user.email.sent */

import { usersDatabase } from '#shared/db/databases.ts';
import { kafkaHandler } from '#shared/kafka/consumer-handler.ts';
import { publish } from '#shared/kafka/producer.ts';
import { confirmEvents } from '#shared/outbox/confirm-events.ts';

export const handler = kafkaHandler(confirmEvents({ database: usersDatabase, publish }));
