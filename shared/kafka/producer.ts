import { type Message, Partitioners, type Producer } from 'kafkajs';
import { lazy } from '#shared/lifecycle/lazy.ts';
import { onClose } from '#shared/lifecycle/lifecycle.ts';
import { kafkaClient } from './kafka-client.ts';
import { prefixed } from './topics.ts';

/** Some of the messages were not written; kafkajs does not say so itself when its metadata is out of date. */
class NotPublishedError extends Error {
  constructor(topic: string) {
    super(`Not every message to ${topic} was written`);
    this.name = 'NotPublishedError';
  }
}

const open = (): (() => Promise<Producer>) =>
  lazy(async () => {
    const kafka = await kafkaClient();
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
    });
    onClose('KAFKA_BROKERS', async () => {
      current = open();
      await producer.disconnect();
    });
    await producer.connect();
    return producer;
  });

let current = open();

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
  const producer = await current();
  const outgoing: Message[] = messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
  const written = await producer.send({ topic: prefixed(topic), acks: -1, messages: outgoing });
  if (written.length === 0 || written.some(({ errorCode }) => errorCode !== 0)) throw new NotPublishedError(topic);
};
