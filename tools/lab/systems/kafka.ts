import { type Admin, Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { patchKafkajs } from '#shared/kafka/kafkajs-patches.ts';

export type Send = (topic: string, messages: Message[]) => Promise<unknown>;

function clientOf(brokers: string) {
  patchKafkajs();
  return new Kafka({ clientId: 'lab', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
}

/** @param brokers separated by commas */
export async function withAdmin<T>(brokers: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** @param brokers separated by commas */
export async function withProducer<T>(brokers: string, use: (send: Send) => Promise<T>): Promise<T> {
  const producer = clientOf(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    return await use((topic, messages) => producer.send({ topic, acks: -1, messages }));
  } finally {
    await producer.disconnect();
  }
}

export function createTopics(brokers: string, topics: readonly string[], numPartitions: number = 3) {
  return withAdmin(brokers, (admin) =>
    admin.createTopics({ waitForLeaders: true, topics: topics.map((topic) => ({ topic, numPartitions })) }),
  );
}

/** How many messages have ever been written to a topic. */
export function countMessages(brokers: string, topic: string): Promise<number> {
  return withAdmin(brokers, async (admin) => {
    const partitions = await admin.fetchTopicOffsets(topic);
    return partitions.reduce((total, { high }) => total + Number(high), 0);
  });
}

/** How many brokers the cluster has. */
export function countBrokers(brokers: string): Promise<number> {
  return withAdmin(brokers, async (admin) => (await admin.describeCluster()).brokers.length);
}
