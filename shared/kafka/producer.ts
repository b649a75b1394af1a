import { type Message, Partitioners } from 'kafkajs';
import { type Effect, effect } from '#shared/runtime/effects.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { isLoginRefused, openKafka } from './kafka-client.ts';
import { prefixed } from './records.ts';

/** Some messages were not written. kafkajs does not throw for this when its metadata is outdated. */
class NotPublishedError extends Error {
  constructor(topic: string) {
    super(`Not every message to ${topic} was written`);
    this.name = 'NotPublishedError';
  }
}

const producer = reopenable(
  'KAFKA_BROKERS',
  () =>
    openKafka(async (kafka) => {
      const opening = kafka.producer({
        createPartitioner: Partitioners.DefaultPartitioner,
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
  const outgoing: Message[] = messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
  const written = await open.send({ topic: prefixed(topic), acks: -1, messages: outgoing }).catch((error: unknown) => {
    // Brokers re-authenticate connections, and the password may have been rotated: the next call opens a new producer.
    if (isLoginRefused(error)) producer.giveUp(open);
    throw error;
  });
  if (written.length === 0 || written.some(({ errorCode }) => errorCode !== 0)) throw new NotPublishedError(topic);
}

/** @throws NotPublishedError, kafkajs' errors */
export const publish: Publish = async (name, topic, messages) => {
  if (messages.length > 0) await effect(name, () => write(topic, messages));
};
