import { memoizeFor } from '#shared/async/memoize-for.ts';
import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import type { DeliveryOverview } from './delivery-schemas.ts';
import { overviewRepository } from './overview-repository.ts';

/** Maximum age of an answer. */
const KEEP_MS = 1000;
const MAX_WAITING = 50;

/**
 * Returns a function that counts deliveries by state and lists pending ones. It runs its queries at most once per second,
 * however often it is called.
 * @throws (the returned function) AppError DEPENDENCY_DOWN
 */
export function overviewDeliveries(database: () => Promise<Database>) {
  const query = store(database, overviewRepository);
  return memoizeFor(KEEP_MS, async (): Promise<DeliveryOverview> => {
    const [pending, sent, failed, waiting] = await query((deliveries) =>
      Promise.all([
        deliveries.count('PENDING'),
        deliveries.count('SENT'),
        deliveries.count('FAILED'),
        deliveries.waiting(MAX_WAITING),
      ]),
    );
    return {
      observedAt: new Date().toISOString(),
      states: { PENDING: pending, SENT: sent, FAILED: failed },
      waiting: waiting.map((row) => ({ ...row, nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null })),
    };
  });
}
