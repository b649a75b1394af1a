import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import type { OutgoingMessage, Publish } from '#shared/kafka/producer.ts';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { unsignedAmong } from '#shared/kafka/signature.ts';
import { toDeadLetter, toRefusal } from '#shared/messages/dead-letter.ts';
import { type EventMessage, MalformedMessageError, parseEventMessage } from '#shared/messages/event-message.ts';
import { EMAIL_SENT } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { traceIdsOf } from '#shared/observability/trace-context.ts';
import { outboxRepository } from './outbox-repository.ts';

/** Without a confirmation for so long, something was down. */
const SILENCE_MS = 30_000;

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
  let lastAt = Number.NEGATIVE_INFINITY;

  /** After an outage, the results that were lost in it are asked for at once instead of after a back-off of up to an hour. */
  const endSilence = async (): Promise<void> => {
    const isFirst = performance.now() - lastAt > SILENCE_MS;
    lastAt = performance.now();
    if (isFirst) await outbox('hasten events', (events) => events.hasten());
  };

  return async (records: readonly RawRecord[]): Promise<void> => {
    const confirmed = new Map<string, Date | null>();
    const traced: EventMessage[] = [];
    const unsigned = await unsignedAmong(records);
    const dead: OutgoingMessage[] = [...unsigned].map(toRefusal);
    for (const raw of records) {
      if (unsigned.has(raw)) continue;
      const record = decodeRecord(raw);
      try {
        const message = parseEventMessage(record);
        confirmed.set(message.uuid, message.processedAt);
        traced.push(message);
      } catch (error) {
        if (!(error instanceof MalformedMessageError)) throw error;
        dead.push(toDeadLetter(raw, record.key, error.message, 1, record.headers));
      }
    }
    if (confirmed.size > 0) {
      const finished = await outbox('finish events', (events) => events.finish(confirmed));
      await endSilence();
      log.info('Events confirmed', { confirmations: confirmed.size, finished, traceIds: traceIdsOf(traced) });
    }
    await publish('dead-letter confirmations', `${EMAIL_SENT}.dlq`, dead);
  };
}
