import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import { deliveryRepository } from './delivery-repository.ts';

/** Reports the age of the oldest event whose mail no server has refused yet and that is not sent; 0 when there is none. */
export function reportUnsent(database: () => Promise<Database>) {
  return async (): Promise<void> => {
    const seconds = await statement(await database(), (db) => deliveryRepository(db).oldestUnsentSeconds());
    reportMetric('OldestUnsentMailSeconds', seconds);
  };
}
