/** Kafka topic user.email.send */

import { kafkaHandler } from '#shared/kafka/consumer-handler.ts';
import { notificationServices } from '#shared/notifications/services.ts';

export const handler = kafkaHandler((records, { remainingMs }) => notificationServices().receive(records, remainingMs));
