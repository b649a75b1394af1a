import type { Database } from '#shared/db/database.ts';
import { store, transaction } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { NewEvent } from './event.ts';
import { eventNotFound, toPipelineEvent } from './list-events.ts';
import { eventOf, outboxRepository } from './outbox-repository.ts';
import type { PipelineEvent } from './outbox-schemas.ts';

export interface RetryEventDependencies {
  database(): Promise<Database>;
  publishSoon(event: NewEvent): Promise<void>;
}

/**
 * Retries an event for an operator: FAILED → PROCESSING with the next generation, so that the consumer sends it again.
 * @throws AppError NOT_FOUND; NOT_RETRIABLE when the event is not FAILED, or its address was erased
 */
export function retryEvent({ database, publishSoon }: RetryEventDependencies) {
  const outbox = store(database, outboxRepository);

  return async (uuid: string): Promise<PipelineEvent> => {
    const row = await transaction(await database(), 'reopen event', (trx) => outboxRepository(trx).reopen(uuid));
    if (row === undefined) {
      const found = await outbox((events) => events.find(uuid));
      if (found === undefined) throw eventNotFound();
      throw new AppError('NOT_RETRIABLE', `The event is ${found.event_state}, or its user was deleted.`);
    }
    const event = eventOf(row);
    if (event !== undefined) await publishSoon(event);
    return toPipelineEvent(row);
  };
}
