import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import { prefixed } from '#shared/kafka/records.ts';
import { toDeadLetter } from '#shared/messages/dead-letter.ts';
import { toSendRequest } from '#shared/messages/event-message.ts';
import { EMAIL_SEND } from '#shared/messages/topics.ts';
import type { Claim } from './delivery.ts';

/** The parts of a permanently failed delivery that its dead letter contains. */
export type DeadLetterSource = Omit<
  Claim,
  'status' | 'startedBy' | 'unknowns' | 'refusedSince' | 'sentAt' | 'leaseEndsAt' | 'leaseOwner'
>;

/** The dead letter of a delivery. Its record is rebuilt from the row, because the original may be days old. */
export function toDeliveryDeadLetter(failure: DeadLetterSource): OutgoingMessage {
  const { uuid, userEmail, eventAddedAt: addedAt, generation, traceparent } = failure;
  const message = toSendRequest({ uuid, userEmail, addedAt, generation, traceparent });
  const record = {
    topic: prefixed(EMAIL_SEND),
    partition: failure.sourcePartition,
    offset: failure.sourceOffset,
    timestamp: addedAt.getTime(),
    key: Buffer.from(uuid).toString('base64'),
    value: Buffer.from(message.value).toString('base64'),
    headers: Object.entries(message.headers).map(([name, value]) => ({ [name]: [...Buffer.from(value)] })),
  };
  return toDeadLetter(record, uuid, failure.reason ?? 'Failed permanently', failure.attempts + 1, message.headers);
}
