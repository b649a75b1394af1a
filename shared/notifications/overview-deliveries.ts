import { memoizeFor } from '#shared/async/memoize-for.ts';
import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { boundedCount } from '#shared/db/sql.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { DeliveryStatus } from './delivery.ts';
import type { DeliveryOverview, DeliveryView } from './delivery-schemas.ts';

/** Maximum age of an answer. */
const KEEP_MS = 1000;
const MAX_WAITING = 50;

type WaitingRow = Omit<DeliveryOverview['waiting'][number], 'nextAttemptAt'> & { readonly nextAttemptAt: Date | null };

const WAITING = { uuid: 'uuid', attempts: 'attempts', reason: 'reason', nextAttemptAt: 'next_attempt_at' } as const;

/** Counts deliveries by state and lists pending ones; each query is answered from one index. */
async function overviewOf(db: Database): Promise<DeliveryOverview> {
  const inState = (status: DeliveryStatus) => db('email_deliveries').where({ status });
  const count = (status: DeliveryStatus) => boundedCount(db, inState(status));
  const due: Promise<WaitingRow[]> = inState('PENDING')
    .select(WAITING)
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

type ViewRow = Omit<DeliveryView, 'takenInAt' | 'sentAt' | 'nextAttemptAt'> &
  Pick<WaitingRow, 'nextAttemptAt'> & { readonly takenInAt: Date; readonly sentAt: Date | null };

const VIEW = {
  ...WAITING,
  status: 'status',
  partition: 'source_partition',
  offset: 'source_offset',
  takenInAt: 'added_at',
  sentAt: 'sent_at',
} as const;

/** @throws AppError NOT_FOUND before the event's message was consumed, DEPENDENCY_DOWN */
export function getDelivery(database: () => Promise<Database>) {
  return async (uuid: string): Promise<DeliveryView> => {
    const find = (db: Database): Promise<ViewRow | undefined> =>
      db('email_deliveries').select(VIEW).where({ uuid }).first();
    const row = await statement(await database(), find);
    if (row === undefined) throw new AppError('NOT_FOUND', 'There is no delivery of an event with this uuid.');
    return {
      ...row,
      takenInAt: row.takenInAt.toISOString(),
      nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
      sentAt: row.sentAt?.toISOString() ?? null,
    };
  };
}
