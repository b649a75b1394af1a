import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { createTopics } from '#tests/chaos/topics.mjs';

const topic = 'bench-produce';

/**
 * An event as the application and the one it replaces put it onto the topic.
 * @param {string} userEmail
 */
export const eventMessage = (userEmail) => {
  const uuid = randomUUID();
  const event = { uuid, eventState: 'PROCESSING', userEmail, addedAt: new Date().toISOString(), processedAt: null };
  return { key: uuid, value: JSON.stringify(event) };
};

/**
 * @template T
 * @param {string} brokers
 * @param {(send: (topic: string, messages: import('kafkajs').Message[]) => Promise<unknown>) => Promise<T>} use
 */
export const withProducer = async (brokers, use) => {
  const kafka = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    return await use((to, messages) => producer.send({ topic: to, acks: -1, messages }));
  } finally {
    await producer.disconnect();
  }
};

/**
 * kafkajs alone, so many messages a request, one request after the other.
 * @param {import('../system/servers.mjs').Servers} servers
 * @param {{ count: number, batch: number }} sizes
 * @returns {import('../alternate.mjs').Contender}
 */
export const produceAlone = ({ urls }, { count, batch }) => {
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
};
