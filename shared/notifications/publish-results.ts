import { errorText } from '#shared/errors/error-text.ts';
import type { Publish } from '#shared/kafka/producer.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { EMAIL_SEND, EMAIL_SENT } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { type DeadLetterSource, toDeliveryDeadLetter } from './dead-delivery.ts';
import type { Claim } from './delivery.ts';
import type { DeliveryMemory } from './delivery-memory.ts';

/** The parts of a delivery that its confirmation contains. */
export type Confirmation = Pick<Claim, 'uuid' | 'userEmail' | 'eventAddedAt' | 'sentAt' | 'generation' | 'traceparent'>;

export interface PublishResultsDependencies {
  readonly publish: Publish;
  readonly memory: DeliveryMemory;
}

/** More publications than a broker misses in a blip; beyond it, republished events bring the results again. */
const MAX_UNPUBLISHED = 1000;

/**
 * Publishes the results of deliveries to the users context, as well as possible. This process repeats what the broker did not
 * take. If the process dies first, the relay republishes the event, and its row, SENT or FAILED, answers again.
 */
export function publishResults({ publish, memory: { unpublished } }: PublishResultsDependencies) {
  /** Returns false if the broker did not take the messages. */
  const attempt = async (...publication: Parameters<Publish>): Promise<boolean> => {
    try {
      await publish(...publication);
      return true;
    } catch (error) {
      if (unpublished.length < MAX_UNPUBLISHED) unpublished.push(publication);
      log.warn('Results not published', { waiting: unpublished.length, problem: errorText(error, 120) });
      return false;
    }
  };

  return {
    async confirm(confirmations: readonly Confirmation[]): Promise<void> {
      const messages = confirmations.map(({ eventAddedAt: addedAt, sentAt, ...event }) =>
        toMessage('user.email.sent', { ...event, addedAt, eventState: 'FINISHED', processedAt: sentAt ?? new Date() }),
      );
      await attempt('publish confirmations', EMAIL_SENT, messages);
    },

    async bury(failures: readonly DeadLetterSource[]): Promise<void> {
      await attempt('publish dead letters', `${EMAIL_SEND}.dlq`, failures.map(toDeliveryDeadLetter));
    },

    /** Publishes what the broker did not take before, until it does not take something again. */
    async publishLeft(): Promise<void> {
      for (let next = unpublished.shift(); next !== undefined; next = unpublished.shift()) {
        if (!(await attempt(...next))) return;
      }
    },
  };
}

export type PublishResults = ReturnType<typeof publishResults>;
