import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { inject } from 'vitest';
import { randomName } from './random.ts';

/** A message on a topic of the application under test, as text. */
export interface WireMessage {
  readonly topic: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface NewMessage {
  readonly key?: string | null;
  readonly value: string | null;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

const TOPICS = ['user.email.send', 'user.email.sent', 'user.email.send.dlq', 'user.email.sent.dlq'] as const;
export type Topic = (typeof TOPICS)[number];

/** Reads all messages on the application's topics from the beginning, and writes to them as a foreign service would. */
export async function connectWire() {
  const { brokers, topicPrefix } = inject('application');
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer = kafka.consumer({ groupId: randomName('wire-') });
  const seen: WireMessage[] = [];
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: TOPICS.map((topic) => `${topicPrefix}${topic}`), fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, message }) => {
      seen.push({
        topic: topic.slice(topicPrefix.length),
        key: message.key?.toString() ?? null,
        value: message.value?.toString() ?? null,
        headers: Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, `${value}`])),
      });
    },
  });

  return {
    on: (topic: Topic, key: string): WireMessage[] => seen.filter((one) => one.topic === topic && one.key === key),
    all: (): readonly WireMessage[] => seen,
    /** Writes to one partition, so that later messages are read later. */
    async write(topic: Topic, messages: readonly NewMessage[]): Promise<void> {
      const partitioned = messages.map(({ key = null, value, headers = {} }) => ({
        key,
        value,
        headers,
        partition: 0,
      }));
      await producer.send({ topic: `${topicPrefix}${topic}`, messages: partitioned });
    },
    close: async (): Promise<void> => {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    },
  };
}
