import { randomUUID } from 'node:crypto';
import type { OutgoingMessage, Publish } from '#shared/kafka/producer.ts';
import { decodeRecord, type RawRecord } from '#shared/kafka/records.ts';
import { toDeadLetter } from '#shared/messages/dead-letter.ts';
import { parseMessages, type ReceivedMessage } from '#shared/messages/parse-messages.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import type { DeliverClaims, DeliverDependencies } from './deliver-claims.ts';
import { type DeliveryStatus, KEEP_DAYS, LEASE_MARGIN_MS } from './delivery.ts';
import type { DeliveryRow } from './delivery-repository.ts';
import type { PublishResults } from './publish-results.ts';
import { takeIn } from './take-in.ts';

export interface ReceiveDependencies extends Pick<DeliverDependencies, 'inbox' | 'recorder' | 'memory'> {
  readonly publish: Publish;
  readonly results: PublishResults;
  readonly deliver: DeliverClaims;
}

function tooOldLetter({ record, uuid }: ReceivedMessage): OutgoingMessage {
  const reason = `Unknown event older than ${KEEP_DAYS} days: it may have been mailed before`;
  return toDeadLetter(record, uuid, reason, 1, decodeRecord(record).headers);
}

/** Each event once, with its highest generation; of equal messages the first, so that a redelivery decides the same. */
export function byUuid(messages: readonly ReceivedMessage[]): Map<string, ReceivedMessage> {
  const highest = new Map<string, ReceivedMessage>();
  for (const message of messages) {
    if ((highest.get(message.uuid)?.generation ?? -1) < message.generation) highest.set(message.uuid, message);
  }
  return highest;
}

/**
 * Takes a batch into the inbox: every event's row is written before the batch is acknowledged, and rows that this call leased
 * are sent immediately. From then on, retries are driven by the rows, not by Kafka.
 * @throws only when the rows, or the dead letters of malformed messages, cannot be written, or MESSAGE_SECRET cannot be fetched
 */
export function receiveMessages({ inbox, publish, recorder, results, deliver, memory }: ReceiveDependencies) {
  return async (records: readonly RawRecord[], remainingMs: () => number): Promise<void> => {
    const { messages: all, deadLetters } = await parseMessages(records);
    const messages = byUuid(all);
    await recorder.recordLeft();
    const lease = { owner: randomUUID(), ms: remainingMs() + LEASE_MARGIN_MS };
    const leaseEndsAt = performance.now() + lease.ms;
    const { rows, tooOld } = await takeIn(inbox, [...messages.values()], lease, memory);
    const letters = [...deadLetters, ...tooOld.map(tooOldLetter)];
    const buried = publish('dead-letter messages', `${EMAIL_SEND}.dlq`, letters);
    // Awaited below, so that malformed records do not delay the mails of the others.
    buried.catch(() => undefined);

    const rowsIn = (wanted: DeliveryStatus) =>
      rows
        .filter(({ status }) => status === wanted)
        // The row decides: a message may name another address. Without one, the result was published before.
        .map((row) => ({ ...row, userEmail: row.userEmail ?? messages.get(row.uuid)?.userEmail ?? '' }));
    const claims = rowsIn('PENDING').filter(({ leaseOwner }) => leaseOwner === lease.owner);
    // With the message's generation, so that the retry that it belongs to ends.
    const generationOf = ({ uuid, generation }: DeliveryRow) => messages.get(uuid)?.generation ?? generation;
    await Promise.all([
      deliver(
        claims.map((row) => ({ ...row, leaseOwner: lease.owner, leaseEndsAt })),
        remainingMs,
      ),
      results.confirm(rowsIn('SENT')),
      results.bury(rowsIn('FAILED').map((row) => ({ ...row, generation: generationOf(row) }))),
    ]);
    await buried;
  };
}
