import { keptFor } from '#shared/async/memoize-for.ts';
import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import type { DeliveryOverview } from './delivery-overview.ts';
import { overviewRepository } from './overview-repository.ts';

/** How old what is told may be. */
const KEEP_MS = 1000;
const MAX_WAITING = 50;

/**
 * How many mails wait, were sent and failed for good, and which wait. Asked ever so often it runs its queries once a second.
 * @throws (what it returns) AppError DEPENDENCY_DOWN
 */
export function overviewDeliveries(database: () => Promise<Database>) {
  return keptFor(KEEP_MS, async (): Promise<DeliveryOverview> => {
    const [pending, sent, failed, waiting] = await statement(await database(), (db) => {
      const deliveries = overviewRepository(db);
      return Promise.all([
        deliveries.count('PENDING'),
        deliveries.count('SENT'),
        deliveries.count('FAILED'),
        deliveries.waiting(MAX_WAITING),
      ]);
    });
    return {
      observedAt: new Date().toISOString(),
      states: { PENDING: pending, SENT: sent, FAILED: failed },
      waiting: waiting.map((row) => ({ ...row, nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null })),
    };
  });
}
