import type { Database } from '#shared/db/database.ts';
import { purge } from '#shared/db/purge.ts';
import { statement } from '#shared/db/run.ts';
import { log } from '#shared/observability/logger.ts';
import type { MayGoOn } from '#shared/runtime/time-left.ts';
import { KEEP_DAYS } from './delivery.ts';
import { deliveryRepository } from './delivery-repository.ts';

/**
 * Removes deliveries that were settled more than 90 days ago, in small batches: far longer than Kafka keeps the messages that
 * could ask for them again. What is not settled stays, however old it is.
 * @throws AppError DEPENDENCY_DOWN
 */
export function purgeDeliveries(database: () => Promise<Database>) {
  return async (mayGoOn: MayGoOn): Promise<void> => {
    const db = await database();
    const deliveries = await purge(
      (limit) => statement(db, (executor) => deliveryRepository(executor).purge(KEEP_DAYS, limit)),
      mayGoOn,
    );
    if (deliveries > 0) log.info('Old deliveries removed', { deliveries });
  };
}
