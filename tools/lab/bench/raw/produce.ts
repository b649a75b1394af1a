import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { createTopics } from '../../chaos/topics.ts';
import type { Contender } from '../alternate.ts';
import type { Servers } from '../system/servers.ts';

const topic = 'bench-produce';

/** An event as the application and the one it replaces put it onto the topic. */
export function eventMessage(userEmail: string) {
  const uuid = randomUUID();
  const event = { uuid, eventState: 'PROCESSING', userEmail, addedAt: new Date().toISOString(), processedAt: null };
  return { key: uuid, value: JSON.stringify(event) };
}

export async function withProducer<T>(
  brokers: string,
  use: (send: (topic: string, messages: Message[]) => Promise<unknown>) => Promise<T>,
) {
  const kafka = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    return await use((to, messages) => producer.send({ topic: to, acks: -1, messages }));
  } finally {
    await producer.disconnect();
  }
}

/** kafkajs alone, so many messages a request, one request after the other. */
export function produceAlone({ urls }: Servers, { count, batch }: { count: number; batch: number }): Contender {
  const brokers = urls['KAFKA_BROKERS'] ?? '';
  const run = () =>
    withProducer(brokers, async (send) => {
      const messages = Array.from({ length: count }, (_, index) => eventMessage(`${index}@b.io`));
      const started = performance.now();
      for (let at = 0; at < count; at += batch) await send(topic, messages.slice(at, at + batch));
      return { 'per second': (count / (performance.now() - started)) * 1000 };
    });
  const warm = async () => {
    await createTopics(brokers, [topic]);
    await run();
  };
  return { name: `kafkajs alone, ${batch} a batch`, warm, run };
}
