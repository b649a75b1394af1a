import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import type { Publish } from '#shared/kafka/producer.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { EMAIL_SEND, EMAIL_SENT } from '#shared/messages/topics.ts';
import { type DeadLetterSource, toDeliveryDeadLetter } from './dead-delivery.ts';
import type { Claim } from './delivery.ts';
import { deliveryRepository } from './delivery-repository.ts';
import { sentRecorded } from './sent-unrecorded.ts';

/** The parts of a delivery that its confirmation contains. */
export type Confirmation = Pick<Claim, 'uuid' | 'userEmail' | 'eventAddedAt' | 'sentAt' | 'generation' | 'traceparent'>;

export interface PublishResultsDependencies {
  database(): Promise<Database>;
  publish: Publish;
}

/** Publishes the results of deliveries to the users context. If publishing fails, deliver-due publishes them later. */
export function publishResults({ database, publish }: PublishResultsDependencies) {
  const inbox = store(database, deliveryRepository);
  return {
    async confirm(confirmations: readonly Confirmation[]): Promise<void> {
      if (confirmations.length === 0) return;
      const messages = confirmations.map(({ eventAddedAt: addedAt, sentAt, ...event }) =>
        toMessage('user.email.sent', { ...event, addedAt, eventState: 'FINISHED', processedAt: sentAt ?? new Date() }),
      );
      await publish('publish confirmations', EMAIL_SENT, messages);
      const uuids = confirmations.map(({ uuid }) => uuid);
      // The row is SENT by now, even if the answer to that update was lost.
      sentRecorded(uuids);
      await inbox('settle sent', (rows) => rows.settleSent(uuids));
    },

    async bury(failures: readonly DeadLetterSource[]): Promise<void> {
      if (failures.length === 0) return;
      await publish('publish dead letters', `${EMAIL_SEND}.dlq`, failures.map(toDeliveryDeadLetter));
      await inbox('settle failed', (rows) => rows.settleFailed(failures));
    },
  };
}

export type PublishResults = ReturnType<typeof publishResults>;
