import { randomUUID } from 'node:crypto';
import type { Publish } from '#shared/kafka/producer.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { unsignedAmong } from '#shared/kafka/signature.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import { toDeliveryDeadLetter } from './dead-delivery.ts';
import type { DeliverClaims, DeliverDependencies } from './deliver-claims.ts';
import { KEEP_DAYS, LEASE_MARGIN_MS } from './delivery.ts';
import type { InboxMessage } from './delivery-repository.ts';
import { parseBatch } from './parse-batch.ts';
import type { PublishResults } from './publish-results.ts';
import { type Intake, takeIn } from './take-in.ts';

export interface ReceiveDependencies extends Pick<DeliverDependencies, 'inbox' | 'recorder' | 'memory'> {
  readonly publish: Publish;
  readonly results: PublishResults;
  readonly deliver: DeliverClaims;
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

/**
 * Takes a batch into the inbox: every event's row is written before the batch is acknowledged, and rows that this call leased
 * are sent immediately. From then on, retries are driven by the rows, not by Kafka.
 * @throws only when the rows, or the dead letters of malformed messages, cannot be written, or MESSAGE_SECRET cannot be fetched
 */
export function receiveMessages({ inbox, publish, recorder, results, deliver, memory }: ReceiveDependencies) {
  return async (records: readonly RawRecord[], remainingMs: () => number): Promise<void> => {
    const { messages, deadLetters } = parseBatch(records, await unsignedAmong(records));
    await recorder.recordLeft();
    const lease = { owner: randomUUID(), ms: remainingMs() + LEASE_MARGIN_MS };
    const leaseEndsAt = performance.now() + lease.ms;
    const { taken, tooOld } = await takeIn(inbox, messages, lease, memory);
    const letters = [...deadLetters, ...tooOld.map(tooOldLetter)];
    const buried = publish('dead-letter messages', `${EMAIL_SEND}.dlq`, letters);
    // Awaited below, so that malformed records do not delay the mails of the others.
    buried.catch(() => undefined);

    const wanted = (kind: Intake) =>
      taken
        .filter(({ intake }) => intake === kind)
        .map(({ row, message }) => ({ ...row, userEmail: message.userEmail }));
    const claims = wanted('send').map((row) => ({ ...row, leaseOwner: lease.owner, leaseEndsAt }));
    await Promise.all([
      deliver(claims, remainingMs),
      results.publishLeft(),
      results.confirm(wanted('confirm-again')),
      results.bury(wanted('bury-again')),
    ]);
    await buried;
  };
}
