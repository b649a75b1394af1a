import { batcher } from '#shared/async/batcher.ts';
import { type CircuitBreaker, circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { within } from '#shared/async/waiting.ts';
import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { NotPublishedError, type Publish } from '#shared/kafka/producer.ts';
import { toSendRequest } from '#shared/messages/event-message.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import type { NewEvent } from './event.ts';
import { outboxRepository } from './outbox-repository.ts';

/** The longest that the caller of an inline publish waits. */
const CALLER_LIMIT_MS = 100;
/** A slower broker counts as down. Longer than the caller's limit, which a busy process alone may exceed. */
const BROKER_LIMIT_MS = 1000;
/** Further events are left to the relay: a broker that is slow, but within its limit, would let the queue grow without end. */
const MAX_OPEN = 1000;

export interface PublishSoonDependencies {
  database(): Promise<Database>;
  publish: Publish;
  breaker?: CircuitBreaker;
}

/**
 * Publishes an event right after its commit and waits at most 100 ms. Never throws: the relay publishes what is left. While
 * the broker is down, a circuit breaker skips the attempt, apart from one probe every few seconds.
 */
export function publishSoon({ database, publish, breaker: given }: PublishSoonDependencies) {
  const breaker = given ?? circuitBreaker({ threshold: 3, probeAfterMs: 3000 }, () => performance.now());

  /** Returns the batch's events that were not published: the partition of each, by uuid. */
  const publishOne = batcher<NewEvent, ReadonlyMap<unknown, unknown>>(async (events) => {
    try {
      await within(BROKER_LIMIT_MS, 'Publishing', publish('publish event', EMAIL_SEND, events.map(toSendRequest)));
      return new Map();
    } catch (error) {
      if (!(error instanceof NotPublishedError)) throw error;
      return new Map(error.messages.map(({ key, partition = 'no leader' }) => [key, partition]));
    }
  });
  const outbox = store(database, outboxRepository);
  const markOne = batcher<NewEvent>((events) =>
    outbox('mark event published', (rows) => rows.markPublished(events, 1)),
  );

  let open = 0;
  const publishAndMark = async (event: NewEvent): Promise<void> => {
    const unpublished = await publishOne(event).catch((error: unknown) => {
      breaker.failed();
      throw error;
    });
    if (unpublished.has(event.uuid)) {
      // A partition counts once: alone it never opens the breaker for the others. A cluster that is down fails all partitions, or
      // answers nothing at all; that counts each time.
      breaker.failed(unpublished.get(event.uuid));
      throw new Error('Its partition takes no messages');
    }
    breaker.succeeded();
    log.info('Event published', { uuid: event.uuid });
    await markOne(event);
  };

  return async (event: NewEvent): Promise<void> => {
    if (open >= MAX_OPEN || !breaker.allows()) return;
    open += 1;
    try {
      // Tracked, because it may outlive the caller's answer: shutdown waits for it before it closes the clients.
      const publishing = tracked(() => publishAndMark(event)).finally(() => {
        open -= 1;
      });
      await within(CALLER_LIMIT_MS, 'The inline publish', publishing);
    } catch (error) {
      log.debug('Event left to the relay', { uuid: event.uuid, problem: errorText(error, 120) });
    }
  };
}
