import type { Database } from '#shared/db/database.ts';
import { statement, transaction } from '#shared/db/run.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { toMessage } from '#shared/kafka/event-message.ts';
import type { Publish } from '#shared/kafka/producer.ts';
import { EMAIL_SEND } from '#shared/kafka/topics.ts';
import { step } from '#shared/lifecycle/steps.ts';
import { log } from '#shared/logging/logger.ts';
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

const hasAddress = (row: EventRow): row is Claim => row.user_email !== null;

const messageOf = (row: Claim) =>
  toMessage(
    'user.email.send',
    sendRequest({
      uuid: row.uuid,
      userEmail: row.user_email,
      addedAt: row.added_at,
      traceparent: row.traceparent,
      generation: row.generation,
    }),
  );

/** Rows by how often they will have been published after this time. */
const byPublications = (rows: readonly EventRow[]): Map<number, string[]> => {
  const groups = new Map<number, string[]>();
  for (const { uuid, attempts } of rows) groups.set(attempts + 1, [...(groups.get(attempts + 1) ?? []), uuid]);
  return groups;
};

/**
 * Publishes what was committed but not published, and once more what was not confirmed in time. Rows are claimed in a short
 * transaction, published outside of it and marked after the acknowledgement; several relays may run at once.
 */
export const relayOutbox = ({ database, publish }: RelayDependencies) => {
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

  const publishAndMark = async (rows: readonly EventRow[]): Promise<void> => {
    const db = await database();
    await step('relay: claimed');
    try {
      await publish(EMAIL_SEND, rows.filter(hasAddress).map(messageOf));
    } catch (error) {
      log.debug('Broker does not take events', { waiting: rows.length, problem: errorText(error, 120) });
      await step('relay: not taken');
      await statement(db, (executor) =>
        outboxRepository(executor).lease(
          rows.map(({ id }) => id),
          RETRY_MS,
        ),
      );
      await step('relay: given back');
      throw error;
    }
    await step('relay: taken');
    for (const [publications, uuids] of byPublications(rows)) {
      await statement(db, (executor) => outboxRepository(executor).markPublished(uuids, publications));
      await step('relay: marked');
    }
  };

  /**
   * Publishes what is due while `mayGoOn`. Of the unconfirmed events it takes at most `republishBudget`; returns how many
   * it took.
   * @throws what the broker or the database says
   */
  return async (
    republishBudget: number,
    mayGoOn: () => boolean = () => true,
  ): Promise<{ published: number; republished: number }> => {
    let published = 0;
    while (mayGoOn()) {
      const rows = await claim(false, BATCH);
      if (rows.length === 0) break;
      await publishAndMark(rows);
      published += rows.length;
    }
    let republished = 0;
    while (republished < republishBudget && mayGoOn()) {
      const rows = await claim(true, Math.min(BATCH, republishBudget - republished));
      if (rows.length === 0) break;
      await publishAndMark(rows);
      republished += rows.length;
    }
    if (published + republished > 0) log.info('Events relayed', { published, republished });
    return { published, republished };
  };
};
