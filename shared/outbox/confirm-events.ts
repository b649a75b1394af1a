import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import type { Publish } from '#shared/kafka/producer.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { parseMessages } from '#shared/messages/parse-messages.ts';
import { EMAIL_SENT } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { traceIdsOf } from '#shared/observability/trace-context.ts';
import { outboxRepository } from './outbox-repository.ts';

export interface ConfirmDependencies {
  database(): Promise<Database>;
  publish: Publish;
}

/**
 * Finishes every event that a confirmation names. The message itself is the confirmation, whatever its `eventState` says.
 * Malformed and unsigned messages are dead-lettered and do not fail the batch.
 * @throws when the database or the broker does not answer; the batch is then delivered again
 */
export function confirmEvents({ database, publish }: ConfirmDependencies) {
  const outbox = store(database, outboxRepository);

  return async (records: readonly RawRecord[]): Promise<void> => {
    const { messages, deadLetters } = await parseMessages(records);
    if (messages.length > 0) {
      const confirmed = new Map(messages.map(({ uuid, processedAt }) => [uuid, processedAt]));
      const finished = await outbox('finish events', (events) => events.finish(confirmed));
      const about = { uuids: [...confirmed.keys()], traceIds: traceIdsOf(messages) };
      log.info('Events confirmed', { confirmations: confirmed.size, finished, ...about });
    }
    await publish('dead-letter confirmations', `${EMAIL_SENT}.dlq`, deadLetters);
  };
}
