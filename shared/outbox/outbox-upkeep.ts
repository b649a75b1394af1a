import type { Database } from '#shared/db/database.ts';
import { purge, store } from '#shared/db/run.ts';
import { connectionsPercent } from '#shared/db/sql.ts';
import { log } from '#shared/observability/logger.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import { deadLetterRepository } from './dead-letter-repository.ts';
import { outboxRepository } from './outbox-repository.ts';

/** After this time the consumer has forgotten the event, so a retry could not succeed. */
const FAILED_KEEP_DAYS = 90;

/**
 * Deletes events that FINISHED more than `keepDays` days ago, and FAILED events and dead letters after 90 days. Several
 * processes may do so at once. PROCESSING events stay, however old they are.
 * @throws AppError DEPENDENCY_DOWN
 */
export function purgeEvents(database: () => Promise<Database>) {
  const outbox = store(database, outboxRepository);
  const letters = store(database, deadLetterRepository);

  return async (keepDays: number, shouldContinue: ShouldContinue): Promise<void> => {
    const purgeEventsIn = (state: 'FINISHED' | 'FAILED', days: number): Promise<number> =>
      purge((limit) => outbox((events) => events.purge(state, days, limit)), shouldContinue);

    const finished = await purgeEventsIn('FINISHED', keepDays);
    const failed = await purgeEventsIn('FAILED', FAILED_KEEP_DAYS);
    const deadLetters = await purge((limit) => letters((rows) => rows.purge(FAILED_KEEP_DAYS, limit)), shouldContinue);
    if (finished + failed + deadLetters > 0) log.info('Old events deleted', { finished, failed, deadLetters });
  };
}

/** A published event is confirmed within seconds unless its mail is pending or a consumer does not run. */
const CONFIRMED_WITHIN_MS = 5 * 60_000;

/** Reports how long events have been waiting for the broker and for their confirmation, and the server's open connections. */
export function reportOutbox(database: () => Promise<Database>) {
  const outbox = store(database, outboxRepository);
  const server = store(database, (db) => () => connectionsPercent(db));
  return async (): Promise<void> => {
    reportMetric('OldestUnpublishedEventSeconds', await outbox((events) => events.oldestUnpublishedSeconds()));
    reportMetric('OldestUnconfirmedEventSeconds', await outbox((events) => events.oldestUnconfirmedSeconds()));
    reportMetric('UnconfirmedEvents', await outbox((events) => events.countUnconfirmed(CONFIRMED_WITHIN_MS)));
    reportMetric('DatabaseConnectionsPercent', await server((percent) => percent()));
  };
}
