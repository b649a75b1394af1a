import type { Database } from '#shared/db/database.ts';
import { purge } from '#shared/db/purge.ts';
import { statement } from '#shared/db/run.ts';
import { log } from '#shared/observability/logger.ts';
import type { MayGoOn } from '#shared/runtime/time-left.ts';
import { deadLetterRepository } from './dead-letter-repository.ts';
import { outboxRepository } from './outbox-repository.ts';

/** After as long the consumer does not know an event any more, so that a retry could not succeed. */
const FAILED_KEEP_DAYS = 90;

/**
 * Removes events that FINISHED more than `keepDays` days ago, and FAILED ones and dead letters after 90 days, in small batches.
 * Several may run at once. What is PROCESSING stays, however old it is.
 * @throws AppError DEPENDENCY_DOWN
 */
export function purgeEvents(database: () => Promise<Database>) {
  return async (keepDays: number, mayGoOn: MayGoOn): Promise<void> => {
    const db = await database();
    const outbox = outboxRepository(db);
    const letters = deadLetterRepository(db);
    const run = (deleteSome: (limit: number) => Promise<number>): Promise<number> =>
      purge((limit) => statement(db, () => deleteSome(limit)), mayGoOn);

    const finished = await run((limit) => outbox.purge('FINISHED', keepDays, limit));
    const failed = await run((limit) => outbox.purge('FAILED', FAILED_KEEP_DAYS, limit));
    const deadLetters = await run((limit) => letters.purge(FAILED_KEEP_DAYS, limit));
    if (finished + failed + deadLetters > 0) log.info('Old events removed', { finished, failed, deadLetters });
  };
}
