import { type ICustomPartitioner, type Message, Partitioners, type RecordMetadata } from 'kafkajs';
import { type Effect, effect } from '#shared/runtime/effects.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { isLoginRefused, openKafka } from './kafka-client.ts';
import { prefixed } from './records.ts';
import { signed } from './signature.ts';

/** Some messages were not written. kafkajs does not always throw for this: see `checkWritten`. */
class NotPublishedError extends Error {
  constructor(topic: string) {
    super(`Not every message to ${topic} was written`);
    this.name = 'NotPublishedError';
  }
}

const partitionOf = new WeakMap<Message, number>();

/** kafkajs's partitioner by key, except that a message keeps its partition when kafkajs tries again. */
export const keepingPartitioner: ICustomPartitioner = () => {
  const choose = Partitioners.DefaultPartitioner();
  return (given) => {
    const partition = partitionOf.get(given.message) ?? choose(given);
    partitionOf.set(given.message, partition);
    return partition;
  };
};

/**
 * Requires an acknowledgement for the partition of each message: if a leader moves to a broker that has answered already, kafkajs
 * does not send it the moved partition's messages, and reports success.
 * @throws NotPublishedError
 */
export function checkWritten(topic: string, messages: readonly Message[], written: readonly RecordMetadata[]): void {
  const acknowledged = new Set(written.flatMap(({ partition, errorCode }) => (errorCode === 0 ? [partition] : [])));
  const isWritten = (message: Message) => acknowledged.has(partitionOf.get(message) ?? -1);
  if (!messages.every(isWritten)) throw new NotPublishedError(topic);
}

const producer = reopenable(
  'KAFKA_BROKERS',
  () =>
    openKafka(async (kafka) => {
      const opening = kafka.producer({
        createPartitioner: keepingPartitioner,
        allowAutoTopicCreation: false,
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

/** Writes messages to a topic. Resolves when all in-sync replicas have them; without messages it does nothing. */
export type Publish = (name: Effect, topic: string, messages: readonly OutgoingMessage[]) => Promise<void>;

async function write(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
  const open = await producer.get();
  const outgoing: Message[] = (await Promise.all(messages.map((message) => signed(topic, message)))).map(
    ({ key, value, headers }) => ({ key, value, headers: { ...headers } }),
  );
  const written = await open.send({ topic: prefixed(topic), acks: -1, messages: outgoing }).catch((error: unknown) => {
    // Brokers re-authenticate connections, and the password may have been rotated: the next call opens a new producer.
    if (isLoginRefused(error)) producer.giveUp(open);
    throw error;
  });
  checkWritten(topic, outgoing, written);
}

/** @throws NotPublishedError, kafkajs' errors */
export const publish: Publish = async (name, topic, messages) => {
  if (messages.length > 0) await effect(name, () => write(topic, messages));
};
