import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Producer } from 'kafkajs';
import kafkajs from 'kafkajs';
import { brokers } from './options.ts';

const VALUE = Buffer.alloc(200, 97);
const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.ERROR });

export function randomName() {
  return `bench-${randomBytes(4).toString('hex')}`;
}

async function withAdmin<T>(use: (admin: Admin) => Promise<T>) {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

export async function withProducer<T>(use: (producer: Producer) => Promise<T>) {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    return await use(producer);
  } finally {
    await producer.disconnect();
  }
}

/**
 * A topic with so many records of 200 bytes, spread evenly, and how many they are in the end: a producer may repeat some.
 */
export async function createTopic(partitions: number, count: number) {
  const topic = randomName();
  await withAdmin((admin) =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] }),
  );
  await withProducer(async (producer) => {
    for (let sent = 0; sent < count; sent += 2_500)
      await sendRecords(producer, topic, partitions, Math.min(2_500, count - sent));
  });
  const offsets = await withAdmin((admin) => admin.fetchTopicOffsets(topic));
  return { topic, records: offsets.reduce((sum, { high }) => sum + Number(high), 0) };
}

export async function sendRecords(producer: Producer, topic: string, partitions: number, count: number) {
  const messages = Array.from({ length: count }, (_, i) => ({ value: VALUE, partition: i % partitions }));
  await producer.send({ topic, messages });
}

export function deleteTopic(topic: string) {
  return withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
}

/** The time (milliseconds since the epoch) at which the broker has the group's offsets up to this count. */
export async function untilCommitted(topic: string, groupId: string, count: number) {
  return withAdmin(async (admin) => {
    const deadline = Date.now() + 600_000;
    while (Date.now() < deadline) {
      const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const committed = (group?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
      if (committed >= count) return Date.now();
      await sleep(10);
    }
    throw new Error(`${groupId} has not committed ${count} records in ten minutes`);
  });
}
