import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import { outboxRepository } from './outbox-repository.ts';

/** Reports how long the oldest committed event has been waiting for the broker; 0 when none is. */
export function reportUnpublished(database: () => Promise<Database>) {
  return async (): Promise<void> => {
    const seconds = await statement(await database(), (db) => outboxRepository(db).oldestUnpublishedSeconds());
    reportMetric('OldestUnpublishedEventSeconds', seconds);
  };
}
