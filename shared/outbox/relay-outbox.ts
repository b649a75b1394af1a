import type { Database } from '#shared/db/database.ts';
import { store, transaction } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { missingKeys, type Publish } from '#shared/kafka/producer.ts';
import { toSendRequest } from '#shared/messages/event-message.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { traceIdsOf } from '#shared/observability/trace-context.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import { type EventRow, eventOf, outboxRepository } from './outbox-repository.ts';

const BATCH = 500;
/** Longer than publishing a batch may take. */
const LEASE_MS = 20_000;
/** When a batch that the broker refused is due again. */
const RETRY_MS = 1000;

export interface RelayDependencies {
  database(): Promise<Database>;
  publish: Publish;
}

/**
 * Publishes committed events that are unpublished, and republishes those that were not confirmed in time. Rows are claimed in a
 * short transaction, published outside it and marked after the acknowledgement; several relays may run at once.
 */
export function relayOutbox({ database, publish }: RelayDependencies) {
  const outbox = store(database, outboxRepository);

  const claim = async (published: boolean, limit: number): Promise<EventRow[]> =>
    transaction(await database(), 'lease due events', async (trx) => {
      const events = outboxRepository(trx);
      const rows = await events.lockDue(published, limit);
      if (rows.length > 0) await events.lease(rows, LEASE_MS);
      return rows;
    });

  /** Publishes rows and releases those that the broker does not take. Returns the others. @throws if there are none */
  const publishBatch = async (rows: readonly EventRow[]): Promise<readonly EventRow[]> => {
    const messages = rows.flatMap((row) => eventOf(row) ?? []).map(toSendRequest);
    try {
      await publish('relay events', EMAIL_SEND, messages);
      return rows;
    } catch (error) {
      const missing = missingKeys(error, messages);
      const left = rows.filter(({ uuid }) => missing.has(uuid));
      log.debug('Events not published and released', { events: left.length, problem: errorText(error, 120) });
      await outbox('release events', (events) => events.lease(left, RETRY_MS));
      if (left.length === messages.length) throw error;
      return rows.filter(({ uuid }) => !missing.has(uuid));
    }
  };

  const mark = async (rows: readonly EventRow[]): Promise<void> => {
    for (const before of new Set(rows.map(({ attempts }) => attempts))) {
      const published = rows.filter(({ attempts }) => attempts === before);
      await outbox('mark events relayed', (events) => events.markPublished(published, before + 1));
    }
  };

  /** Publishes the due events of one kind in batches; `round.budget` is what may still be published. */
  const drain = async (
    published: boolean,
    round: { budget: number },
    shouldContinue: ShouldContinue,
  ): Promise<void> => {
    while (round.budget > 0 && shouldContinue()) {
      const rows = await claim(published, Math.min(BATCH, round.budget));
      if (rows.length === 0) return;
      const relayed = await publishBatch(rows);
      round.budget -= relayed.length;
      const about = { uuids: relayed.map(({ uuid }) => uuid), traceIds: traceIdsOf(relayed) };
      log.info('Events relayed', { events: relayed.length, again: published, ...about });
      await mark(relayed);
    }
  };

  /**
   * Starts a run and returns its round, which publishes due events while `shouldContinue` returns true. All rounds of a run
   * together republish at most `republishBudget` unconfirmed events.
   * @throws (the round) errors of the broker or the database
   */
  return (republishBudget: number) => {
    const again = { budget: republishBudget };
    return async (shouldContinue: ShouldContinue = () => true): Promise<void> => {
      await drain(false, { budget: Number.POSITIVE_INFINITY }, shouldContinue);
      await drain(true, again, shouldContinue);
    };
  };
}
