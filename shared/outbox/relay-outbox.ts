import type { Database } from '#shared/db/database.ts';
import { statement, transaction } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import type { Publish } from '#shared/kafka/producer.ts';
import { toMessage } from '#shared/messages/event-message.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { traceIdsOf } from '#shared/observability/trace-context.ts';
import { step } from '#shared/runtime/steps.ts';
import type { MayGoOn } from '#shared/runtime/time-left.ts';
import { sendRequest } from './outbox-event.ts';
import { type EventRow, outboxRepository } from './outbox-repository.ts';

const BATCH = 500;
/** A claim: longer than publishing a batch may take. */
const LEASE_MS = 20_000;
/** How soon a claim is given back when the broker did not take the batch. */
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
  return toMessage(
    'user.email.send',
    sendRequest({
      uuid: row.uuid,
      userEmail: row.user_email,
      addedAt: row.added_at,
      traceparent: row.traceparent,
      generation: row.generation,
    }),
  );
}

/** Rows by how often they will have been published after this time. */
function byPublications(rows: readonly EventRow[]): Map<number, EventRow[]> {
  const groups = new Map<number, EventRow[]>();
  for (const row of rows) groups.set(row.attempts + 1, [...(groups.get(row.attempts + 1) ?? []), row]);
  return groups;
}

/**
 * Publishes what was committed but not published, and once more what was not confirmed in time. Rows are claimed in a short
 * transaction, published outside of it and marked after the acknowledgement; several relays may run at once.
 */
export function relayOutbox({ database, publish }: RelayDependencies) {
  const claim = async (published: boolean, limit: number): Promise<EventRow[]> =>
    transaction(await database(), async (trx) => {
      const outbox = outboxRepository(trx);
      const rows = await outbox.lockDue(published, limit);
      if (rows.length === 0) return rows;
      await step('relay: rows locked');
      await outbox.lease(
        rows.map(({ id }) => id),
        LEASE_MS,
      );
      await step('relay: rows leased');
      return rows;
    });

  const publishBatch = async (rows: readonly EventRow[]): Promise<void> => {
    try {
      await publish(EMAIL_SEND, rows.filter(hasAddress).map(messageOf));
    } catch (error) {
      log.debug('Broker does not take events', { waiting: rows.length, problem: errorText(error, 120) });
      await step('relay: not taken');
      await statement(await database(), (db) =>
        outboxRepository(db).lease(
          rows.map(({ id }) => id),
          RETRY_MS,
        ),
      );
      await step('relay: given back');
      throw error;
    }
  };

  const mark = async (rows: readonly EventRow[]): Promise<void> => {
    const db = await database();
    for (const [publications, published] of byPublications(rows)) {
      await statement(db, (executor) => outboxRepository(executor).markPublished(published, publications));
      await step('relay: marked');
    }
  };

  /** Publishes what is due of one kind, batch by batch; `onPublished` is told of each batch as soon as the broker has it. */
  const drain = async (
    published: boolean,
    limit: () => number,
    mayGoOn: MayGoOn,
    onPublished: (events: number) => void,
  ): Promise<void> => {
    while (limit() > 0 && mayGoOn()) {
      const rows = await claim(published, limit());
      if (rows.length === 0) return;
      await step('relay: claimed');
      await publishBatch(rows);
      await step('relay: taken');
      onPublished(rows.length);
      log.info('Events relayed', { events: rows.length, again: published, traceIds: traceIdsOf(rows) });
      await mark(rows);
    }
  };

  /**
   * Begins a run. The returned round publishes what is due while `mayGoOn`; all rounds of one run publish at most
   * `republishBudget` unconfirmed events again.
   * @throws (the round) what the broker or the database says
   */
  return (republishBudget: number) => {
    let budget = republishBudget;
    return async (mayGoOn: MayGoOn = () => true): Promise<void> => {
      await drain(
        false,
        () => BATCH,
        mayGoOn,
        () => undefined,
      );
      const spend = (events: number): void => {
        budget -= events;
      };
      await drain(true, () => Math.min(BATCH, budget), mayGoOn, spend);
    };
  };
}
