import type { Knex } from 'knex';
import type { Executor } from '#shared/db/database.ts';
import { boundedCount } from '#shared/db/sql.ts';
import type { DeliveryStatus } from './delivery.ts';

export interface WaitingRow {
  readonly uuid: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly nextAttemptAt: Date | null;
}

/** The dashboard's queries on email_deliveries. Each is answered from one index. */
export function overviewRepository(db: Executor) {
  const deliveries = (): Knex.QueryBuilder => db('email_deliveries');
  return {
    count: (status: DeliveryStatus) => boundedCount(db, deliveries().where({ status })),

    async waiting(limit: number): Promise<WaitingRow[]> {
      return deliveries()
        .select({ uuid: 'uuid', attempts: 'attempts', reason: 'reason', nextAttemptAt: 'next_attempt_at' })
        .where({ status: 'PENDING' })
        .orderBy(['next_attempt_at', 'uuid'])
        .limit(limit);
    },
  };
}
