import { type Message, Partitioners } from 'kafkajs';
import { prefixed } from '#shared/messages/topics.ts';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { isLoginRefused, openKafka } from './kafka-client.ts';

/** Some of the messages were not written; kafkajs does not say so itself when its metadata is out of date. */
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

/** Writes messages to one topic. Resolves once all in-sync replicas have all of them. */
export type Publish = (topic: string, messages: readonly OutgoingMessage[]) => Promise<void>;

/** @throws NotPublishedError, kafkajs' errors */
export const publish: Publish = async (topic, messages) => {
  if (messages.length === 0) return;
  const open = await producer.get();
  const outgoing: Message[] = messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
  const written = await open.send({ topic: prefixed(topic), acks: -1, messages: outgoing }).catch((error: unknown) => {
    // A broker asks for the login again now and then, and it may have been changed: the next call opens with the new one.
    if (isLoginRefused(error)) producer.giveUp(open);
    throw error;
  });
  if (written.length === 0 || written.some(({ errorCode }) => errorCode !== 0)) throw new NotPublishedError(topic);
};
