import { type ICustomPartitioner, type Message, Partitioners, type RecordMetadata } from 'kafkajs';
import { errorText } from '#shared/errors/error-text.ts';
import { type Effect, effect } from '#shared/runtime/effects.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { isLoginRefused, openKafka } from './kafka-client.ts';
import { prefixed } from './records.ts';
import { signed } from './signature.ts';

/** A partition that no topic has. */
const NO_PARTITION = -1;

/**
 * Assigns a message to its key's partition, unless that has no leader, and returns the partition only when the message is sent
 * again: kafkajs sends nothing to a partition that the topic does not have, and reports success.
 */
export const assigningPartitioner: ICustomPartitioner = () => {
  const choose = Partitioners.DefaultPartitioner();
  return (given) => {
    const { message, partitionMetadata } = given;
    if (message.partition !== undefined) return message.partition;
    const partition = choose(given);
    const isLed = partitionMetadata.some(({ partitionId, leader }) => partitionId === partition && leader >= 0);
    if (isLed) message.partition = partition;
    return NO_PARTITION;
  };
};

const producer = reopenable(
  'KAFKA_BROKERS',
  () =>
    openKafka(async (kafka) => {
      const opening = kafka.producer({
        createPartitioner: assigningPartitioner,
        allowAutoTopicCreation: false,
        // Until then, messages of a partition without a leader are not sent.
        metadataMaxAge: 2000,
      });
      await opening.connect();
      return opening;
    }),
  (open) => open.disconnect(),
);

export interface OutgoingMessage {
  readonly key: string | Buffer | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message and the partition that took none; undefined: that has no leader. */
type UnwrittenMessage = Pick<Message, 'key' | 'partition'>;

/** The cluster answers, but some or all partitions of a topic took none of their messages; the others took theirs. */
export class NotPublishedError extends Error {
  readonly messages: readonly UnwrittenMessage[];

  constructor(topic: string, messages: readonly UnwrittenMessage[], cause: unknown) {
    super(`Not every message to ${topic} was written: ${errorText(cause, 120)}`, { cause });
    this.name = 'NotPublishedError';
    this.messages = messages;
  }
}

/** The keys of the messages that a failed publication may not have written. */
export function missingKeys(error: unknown, messages: readonly OutgoingMessage[]): ReadonlySet<Message['key']> {
  return new Set((error instanceof NotPublishedError ? error.messages : messages).map(({ key }) => key));
}

/**
 * Writes messages to a topic. Resolves when all in-sync replicas have them; without messages it does nothing. A partition that
 * takes none does not affect the others.
 */
export type Publish = (name: Effect, topic: string, messages: readonly OutgoingMessage[]) => Promise<void>;

/**
 * Assigns partitions with a first call of `send`, and then sends to each alone. Only what kafkajs returns is written: it also
 * resolves if a partition vanishes from the topic's metadata before one of its tries.
 * @throws NotPublishedError, the errors of the first call
 */
export async function sendByPartition(
  topic: string,
  outgoing: Message[],
  send: (messages: Message[]) => Promise<RecordMetadata[]>,
): Promise<void> {
  await send(outgoing);
  const partitions = new Set(outgoing.flatMap(({ partition }) => partition ?? []));
  const written = new Set<number | undefined>();
  let failure: unknown;
  const sendTo = async (assigned: number): Promise<void> => {
    try {
      const answers = await send(outgoing.filter(({ partition }) => partition === assigned));
      for (const { partition } of answers) written.add(partition);
    } catch (error) {
      failure = error;
    }
  };
  await Promise.all([...partitions].map(sendTo));
  const missing = outgoing.filter(({ partition }) => !written.has(partition));
  if (missing.length > 0) throw new NotPublishedError(topic, missing, failure ?? 'their partition has no leader');
}

async function write(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
  const open = await producer.get();
  const signedMessages = await Promise.all(messages.map((message) => signed(topic, message)));
  const outgoing = signedMessages.map(({ key, value, headers }): Message => ({ key, value, headers: { ...headers } }));
  await sendByPartition(topic, outgoing, (some) =>
    open.send({ topic: prefixed(topic), acks: -1, messages: some }).catch((error: unknown) => {
      // Brokers re-authenticate connections, and the password may have been rotated: the next call opens a new producer.
      if (isLoginRefused(error)) producer.giveUp(open);
      throw error;
    }),
  );
}

/** @throws NotPublishedError, kafkajs' errors */
export const publish: Publish = async (name, topic, messages) => {
  if (messages.length > 0) await effect(name, () => write(topic, messages));
};
