import type { Database } from '#shared/db/database.ts';
import { purge, store } from '#shared/db/run.ts';
import { connectionsPercent } from '#shared/db/sql.ts';
import { log } from '#shared/observability/logger.ts';
import { reportMetric } from '#shared/observability/metrics.ts';
import type { ShouldContinue } from '#shared/runtime/time-left.ts';
import { KEEP_DAYS } from './delivery.ts';
import { deliveryRepository } from './delivery-repository.ts';

/**
 * Deletes deliveries that were settled more than 90 days ago: far longer than Kafka keeps the messages that could request
 * them again. Unsettled deliveries stay, however old they are.
 * @throws AppError DEPENDENCY_DOWN
 */
export function purgeDeliveries(database: () => Promise<Database>) {
  const inbox = store(database, deliveryRepository);
  return async (shouldContinue: ShouldContinue): Promise<void> => {
    const deliveries = await purge((limit) => inbox((rows) => rows.purge(KEEP_DAYS, limit)), shouldContinue);
    if (deliveries > 0) log.info('Old deliveries deleted', { deliveries });
  };
}

/** Reports the age of the oldest mail that is neither sent nor refused, the mails not sent, and the server's open connections. */
export function reportDeliveries(database: () => Promise<Database>) {
  const inbox = store(database, deliveryRepository);
  const server = store(database, (db) => () => connectionsPercent(db));
  return async (): Promise<void> => {
    reportMetric('OldestUnsentMailSeconds', await inbox((rows) => rows.oldestUnsentSeconds()));
    reportMetric('PendingMails', await inbox((rows) => rows.countPending()));
    reportMetric('DatabaseConnectionsPercent', await server((percent) => percent()));
  };
}
