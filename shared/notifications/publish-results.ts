import type { Store } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { missingKeys, type OutgoingMessage, type Publish } from '#shared/kafka/producer.ts';
import { prefixed } from '#shared/kafka/records.ts';
import { toDeadLetter } from '#shared/messages/dead-letter.ts';
import { toMessage, toSendRequest } from '#shared/messages/event-message.ts';
import { EMAIL_SEND, EMAIL_SENT } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import type { Claim } from './delivery.ts';
import type { deliveryRepository } from './delivery-repository.ts';

/** The parts of a delivery that every result contains. */
type Ended = Pick<Claim, 'uuid' | 'userEmail' | 'eventAddedAt' | 'generation' | 'traceparent'>;
type Sent = Ended & Pick<Claim, 'sentAt'>;
type Failed = Ended & Pick<Claim, 'sourcePartition' | 'sourceOffset' | 'attempts' | 'reason'>;

export interface PublishResultsDependencies {
  readonly publish: Publish;
  readonly inbox: Store<ReturnType<typeof deliveryRepository>>;
}

/** The dead letter of a delivery. Its record is rebuilt from the row, because the original may be days old. */
export function toDeliveryDeadLetter(failure: Failed): OutgoingMessage {
  const { uuid, userEmail, eventAddedAt: addedAt, generation, traceparent } = failure;
  const message = toSendRequest({ uuid, userEmail, addedAt, generation, traceparent });
  const record = {
    topic: prefixed(EMAIL_SEND),
    partition: failure.sourcePartition,
    offset: failure.sourceOffset,
    timestamp: addedAt.getTime(),
    key: Buffer.from(uuid).toString('base64'),
    value: Buffer.from(message.value).toString('base64'),
    headers: Object.entries(message.headers).map(([name, value]) => ({ [name]: [...Buffer.from(value)] })),
  };
  return toDeadLetter(record, uuid, failure.reason ?? 'Failed permanently', failure.attempts + 1, message.headers);
}

/** Publishes the results of deliveries to the users context. What fails stays due: deliver-due publishes it. Never throws. */
export function publishResults({ publish, inbox }: PublishResultsDependencies) {
  /** Returns whether the broker took all messages. */
  const attempt = async (...[name, topic, messages]: Parameters<Publish>): Promise<boolean> => {
    let missing: ReadonlySet<unknown> = new Set();
    try {
      await publish(name, topic, messages).catch((error: unknown) => {
        missing = missingKeys(error, messages);
        log.warn('Results not published', { problem: errorText(error, 120) });
      });
      const published = messages.flatMap(({ key }) => (missing.has(key) ? [] : String(key)));
      if (published.length > 0) await inbox('mark results published', (rows) => rows.markPublished(published));
    } catch (error) {
      log.warn('Results not marked, they are published again', { problem: errorText(error, 120) });
    }
    return missing.size === 0;
  };

  return {
    confirm: (confirmations: readonly Sent[]): Promise<boolean> => {
      const messages = confirmations.map(({ eventAddedAt: addedAt, sentAt, ...event }) =>
        toMessage('user.email.sent', { ...event, addedAt, eventState: 'FINISHED', processedAt: sentAt ?? new Date() }),
      );
      return attempt('publish confirmations', EMAIL_SENT, messages);
    },

    bury: (failures: readonly Failed[]): Promise<boolean> =>
      attempt('publish dead letters', `${EMAIL_SEND}.dlq`, failures.map(toDeliveryDeadLetter)),
  };
}

export type PublishResults = ReturnType<typeof publishResults>;
