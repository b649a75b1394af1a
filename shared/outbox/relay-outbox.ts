import type { Database } from '#shared/db/database.ts';
import { store, transaction } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { missingKeys, type Publish } from '#shared/kafka/producer.ts';
import { toSendRequest } from '#shared/messages/event-message.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { traceIdsOf } from '#shared/observability/trace-context.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import { type EventRow, outboxRepository } from './outbox-repository.ts';

const BATCH = 500;
/** Longer than publishing a batch may take. */
const LEASE_MS = 20_000;
/** When a batch that the broker refused is due again. */
const RETRY_MS = 1000;

export interface RelayDependencies {
  database(): Promise<Database>;
  publish: Publish;
}

type Claim = EventRow & { user_email: string };

function hasAddress(row: EventRow): row is Claim {
  return row.user_email !== null;
}

function messageOf(row: Claim) {
  const { uuid, user_email: userEmail, added_at: addedAt, traceparent, generation } = row;
  return toSendRequest({ uuid, userEmail, addedAt, traceparent, generation });
}

/** Groups rows by their number of publications, this one included. */
function byPublications(rows: readonly EventRow[]): Map<number, EventRow[]> {
  const groups = new Map<number, EventRow[]>();
  for (const row of rows) groups.set(row.attempts + 1, [...(groups.get(row.attempts + 1) ?? []), row]);
  return groups;
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
    const messages = rows.filter(hasAddress).map(messageOf);
    try {
      await publish('relay events', EMAIL_SEND, messages);
      return rows;
    } catch (error) {
      const missing = missingKeys(error, messages);
      const left = rows.filter(({ uuid }) => missing.has(uuid));
      log.warn('Events not published', { events: left.length, problem: errorText(error, 120) });
      await outbox('release events', (events) => events.lease(left, RETRY_MS));
      if (left.length === messages.length) throw error;
      return rows.filter(({ uuid }) => !missing.has(uuid));
    }
  };

  const mark = async (rows: readonly EventRow[]): Promise<void> => {
    for (const [publications, published] of byPublications(rows)) {
      await outbox('mark events relayed', (events) => events.markPublished(published, publications));
    }
  };

  /** Publishes the due events of one kind in batches; calls `onPublished` after each acknowledged batch. */
  const drain = async (
    published: boolean,
    limit: () => number,
    shouldContinue: ShouldContinue,
    onPublished: (events: number) => void = () => undefined,
  ): Promise<void> => {
    while (limit() > 0 && shouldContinue()) {
      const rows = await claim(published, limit());
      if (rows.length === 0) return;
      const relayed = await publishBatch(rows);
      onPublished(relayed.length);
      log.info('Events relayed', { events: relayed.length, again: published, traceIds: traceIdsOf(relayed) });
      await mark(relayed);
    }
  };

  /**
   * Starts a run and returns its round, which publishes due events while `shouldContinue` returns true. All rounds of a run
   * together republish at most `republishBudget` unconfirmed events.
   * @throws (the round) errors of the broker or the database
   */
  return (republishBudget: number) => {
    let budget = republishBudget;
    return async (shouldContinue: ShouldContinue = () => true): Promise<void> => {
      await drain(false, () => BATCH, shouldContinue);
      const spend = (events: number): void => {
        budget -= events;
      };
      await drain(true, () => Math.min(BATCH, budget), shouldContinue, spend);
    };
  };
}
