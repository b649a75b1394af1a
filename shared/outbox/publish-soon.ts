import { batcher } from '#shared/async/batcher.ts';
import { type CircuitBreaker, circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { within } from '#shared/async/within.ts';
import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import type { Publish } from '#shared/kafka/producer.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { step } from '#shared/runtime/steps.ts';
import { type NewEvent, sendRequest } from './outbox-event.ts';
import { outboxRepository } from './outbox-repository.ts';

/** How long the caller of an inline publish waits at most. */
const CALLER_LIMIT_MS = 100;
/** A broker that takes longer counts as down. A busy process alone may make the caller's wait too short. */
const BROKER_LIMIT_MS = 1000;

export interface PublishSoonDependencies {
  database(): Promise<Database>;
  publish: Publish;
  breaker?: CircuitBreaker;
}

/**
 * Publishes an event right after its commit, waiting at most 100 ms. It never fails: what it leaves undone the relay does.
 * While the broker is down a breaker skips it and lets one probe through every few seconds.
 */
export function publishSoon({ database, publish, breaker: given }: PublishSoonDependencies) {
  const breaker = given ?? circuitBreaker({ threshold: 3, probeAfterMs: 3000 }, () => performance.now());

  const publishOne = batcher<NewEvent>((events) => {
    const messages = events.map((event) => toMessage('user.email.send', sendRequest(event)));
    return within(BROKER_LIMIT_MS, 'Publishing', publish(EMAIL_SEND, messages));
  });
  const markOne = batcher<NewEvent>(async (events) =>
    statement(await database(), (db) => outboxRepository(db).markPublished(events, 1)),
  );

  const publishAndMark = async (event: NewEvent): Promise<void> => {
    try {
      await publishOne(event);
    } catch (error) {
      breaker.failed();
      throw error;
    }
    breaker.succeeded();
    log.info('Event published', { uuid: event.uuid });
    await step('inline publish: taken');
    await markOne(event);
    await step('inline publish: marked');
  };

  return async (event: NewEvent): Promise<void> => {
    if (!breaker.allows()) return;
    try {
      // In flight even after its caller has been answered: whoever closes the clients waits for it.
      const publishing = tracked(() => publishAndMark(event));
      await within(CALLER_LIMIT_MS, 'The inline publish', publishing);
    } catch (error) {
      log.debug('Event left to the relay', { uuid: event.uuid, problem: errorText(error, 120) });
    }
  };
}
