import { randomUUID } from 'node:crypto';
import type { Database } from '#shared/db/database.ts';
import { errorText } from '#shared/errors/error-text.ts';
import type { Publish } from '#shared/kafka/producer.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { log } from '#shared/observability/logger.ts';
import { toDeliveryDeadLetter } from './dead-delivery.ts';
import type { Intake } from './decide-intake.ts';
import type { ClaimedDelivery, DeliverClaims } from './deliver-claims.ts';
import { KEEP_DAYS, LEASE_MARGIN_MS } from './delivery.ts';
import type { InboxMessage } from './delivery-repository.ts';
import { parseBatch } from './parse-batch.ts';
import type { PublishResults } from './publish-results.ts';
import { type TakenIn, takeIn } from './take-in.ts';

export interface ReceiveDependencies {
  database(): Promise<Database>;
  publish: Publish;
  results: PublishResults;
  deliver: DeliverClaims;
}

function tooOldLetter(message: InboxMessage) {
  return toDeliveryDeadLetter({
    ...message,
    eventAddedAt: message.addedAt,
    attempts: 0,
    reason: `Unknown event older than ${KEEP_DAYS} days: it may have been mailed before`,
    sourcePartition: message.partition,
    sourceOffset: message.offset,
  });
}

function withAddress({ row, message }: TakenIn) {
  return { ...row, userEmail: message.userEmail };
}

/** The rows are committed, so deliver-due repeats whatever fails here. */
async function orRetryLater(what: string, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) =>
    log.warn(`${what} not published, deliver-due retries`, { problem: errorText(error, 120) }),
  );
}

/**
 * Takes a batch into the inbox: every event's row is committed before the batch is acknowledged, and rows that this call claimed
 * are sent immediately. After the commit, retries are driven by the rows, not by Kafka.
 * @throws only when the rows, or the dead letters of malformed messages, cannot be written
 */
export function receiveMessages({ database, publish, results, deliver }: ReceiveDependencies) {
  return async (records: readonly RawRecord[], remainingMs: () => number): Promise<void> => {
    const { messages, deadLetters } = parseBatch(records);
    const lease = { owner: randomUUID(), ms: remainingMs() + LEASE_MARGIN_MS };
    const leaseEndsAt = performance.now() + lease.ms;
    const { taken, tooOld } = await takeIn(await database(), messages, lease);
    const buried = publish('dead-letter messages', `${EMAIL_SEND}.dlq`, [...deadLetters, ...tooOld.map(tooOldLetter)]);
    // Awaited below, so that malformed records do not delay the mails of the others.
    buried.catch(() => undefined);

    const wanted = (...kinds: Intake[]) => taken.filter(({ intake }) => kinds.includes(intake));
    const claims: ClaimedDelivery[] = wanted('send', 'reopen').map((entry) => ({
      ...withAddress(entry),
      generation: Math.max(entry.row.generation, entry.message.generation),
      attempts: entry.intake === 'reopen' ? 0 : entry.row.attempts,
      refusedForMs: entry.intake === 'reopen' ? 0 : entry.row.refusedForMs,
      unfinishedStarts: entry.isNew || entry.intake === 'reopen' ? 0 : entry.row.unfinishedStarts,
      leaseOwner: lease.owner,
      leaseEndsAt,
    }));
    await Promise.all([
      deliver(claims, remainingMs),
      orRetryLater('Confirmations', results.confirm(wanted('confirm-again').map(withAddress))),
      orRetryLater('Dead letters', results.bury(wanted('bury-again').map(withAddress))),
    ]);
    await buried;
  };
}
