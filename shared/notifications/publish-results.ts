import type { Store } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { missingKeys, type Publish } from '#shared/kafka/producer.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { EMAIL_SEND, EMAIL_SENT } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { type DeadLetterSource, toDeliveryDeadLetter } from './dead-delivery.ts';
import type { Claim } from './delivery.ts';
import type { deliveryRepository } from './delivery-repository.ts';

/** The parts of a delivery that its confirmation contains. */
export type Confirmation = Pick<Claim, 'uuid' | 'userEmail' | 'eventAddedAt' | 'sentAt' | 'generation' | 'traceparent'>;

export interface PublishResultsDependencies {
  readonly publish: Publish;
  readonly inbox: Store<ReturnType<typeof deliveryRepository>>;
}

/** Publishes the results of deliveries to the users context. What fails stays due: deliver-due publishes it. Never throws. */
export function publishResults({ publish, inbox }: PublishResultsDependencies) {
  const attempt = async (...[name, topic, messages]: Parameters<Publish>): Promise<void> => {
    try {
      const missing = await publish(name, topic, messages).then(
        () => new Set(),
        (error: unknown) => {
          log.warn('Results not published', { problem: errorText(error, 120) });
          return missingKeys(error, messages);
        },
      );
      const published = messages.flatMap(({ key }) => (missing.has(key) ? [] : String(key)));
      if (published.length > 0) await inbox('mark results published', (rows) => rows.markPublished(published));
    } catch (error) {
      log.warn('Results not marked, they are published again', { problem: errorText(error, 120) });
    }
  };

  return {
    confirm: (confirmations: readonly Confirmation[]): Promise<void> => {
      const messages = confirmations.map(({ eventAddedAt: addedAt, sentAt, ...event }) =>
        toMessage('user.email.sent', { ...event, addedAt, eventState: 'FINISHED', processedAt: sentAt ?? new Date() }),
      );
      return attempt('publish confirmations', EMAIL_SENT, messages);
    },

    bury: (failures: readonly DeadLetterSource[]): Promise<void> =>
      attempt('publish dead letters', `${EMAIL_SEND}.dlq`, failures.map(toDeliveryDeadLetter)),
  };
}

export type PublishResults = ReturnType<typeof publishResults>;
