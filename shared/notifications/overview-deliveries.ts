import { memoizeFor } from '#shared/async/memoize-for.ts';
import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { boundedCount } from '#shared/db/sql.ts';
import type { DeliveryStatus } from './delivery.ts';
import type { DeliveryOverview } from './delivery-schemas.ts';

/** Maximum age of an answer. */
const KEEP_MS = 1000;
const MAX_WAITING = 50;

type WaitingRow = Omit<DeliveryOverview['waiting'][number], 'nextAttemptAt'> & { readonly nextAttemptAt: Date | null };

/** Counts deliveries by state and lists pending ones; each query is answered from one index. */
async function overviewOf(db: Database): Promise<DeliveryOverview> {
  const inState = (status: DeliveryStatus) => db('email_deliveries').where({ status });
  const count = (status: DeliveryStatus) => boundedCount(db, inState(status));
  const columns = { uuid: 'uuid', attempts: 'attempts', reason: 'reason', nextAttemptAt: 'next_attempt_at' };
  const due: Promise<WaitingRow[]> = inState('PENDING')
    .select(columns)
    .orderBy(['next_attempt_at', 'uuid'])
    .limit(MAX_WAITING);
  const [PENDING, SENT, FAILED, waiting] = await Promise.all([count('PENDING'), count('SENT'), count('FAILED'), due]);
  return {
    observedAt: new Date().toISOString(),
    states: { PENDING, SENT, FAILED },
    waiting: waiting.map((row) => ({ ...row, nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null })),
  };
}

/**
 * Returns a function that describes the deliveries. It runs its queries at most once per second, however often it is called.
 * @throws (the returned function) AppError DEPENDENCY_DOWN
 */
export function overviewDeliveries(database: () => Promise<Database>) {
  return memoizeFor(KEEP_MS, async () => statement(await database(), overviewOf));
}
