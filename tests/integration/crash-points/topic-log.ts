import { type Admin, type Consumer, Kafka, type KafkaMessage, logLevel, Partitioners } from 'kafkajs';
import { getConfig } from '#shared/config/config.ts';
import { patchKafkajs } from '#shared/kafka/kafkajs-patches.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { randomName } from '#tests/helpers/random.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

/** The records on real topics, in the form in which Lambda passes them. */
export interface TopicLog {
  /** All records of the topic so far, in read order. */
  read(topic: string): Promise<readonly RawRecord[]>;
  write(topic: string, value: string): Promise<void>;
  stop(): Promise<void>;
}

function base64(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('base64');
}

function toRaw(topic: string, partition: number, message: KafkaMessage): RawRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    timestampType: 'CREATE_TIME',
    key: base64(message.key),
    value: base64(message.value),
    headers: Object.entries(message.headers ?? {}).map(([name, value]) => ({
      [name]: [...Buffer.from(String(value))],
    })),
  };
}

async function createTopics(admin: Admin, topics: readonly string[]): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({ topic, numPartitions: getConfig().KAFKA_PARTITIONS, replicationFactor: 1 })),
  });
}

/** Creates the topics and follows them. */
export async function startTopicLog(topics: readonly string[]): Promise<TopicLog> {
  patchKafkajs();
  const kafka = new Kafka({
    clientId: 'crash-points',
    brokers: (process.env['KAFKA_BROKERS'] ?? '').split(','),
    // A broker that has just started has no group coordinator yet, and takes time to create one on a busy machine.
    retry: { retries: 200, initialRetryTime: 100, maxRetryTime: 300 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer: Consumer = kafka.consumer({ groupId: randomName('crash-points-'), maxWaitTimeInMs: 100 });
  const records = new Map<string, RawRecord[]>(topics.map((topic) => [topic, []]));
  await Promise.all([admin.connect(), consumer.connect(), producer.connect()]);
  await createTopics(admin, topics);
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      records.get(topic)?.push(toRaw(topic, partition, message));
    },
  });
  return {
    async read(topic) {
      const ends = await admin.fetchTopicOffsets(topic);
      const written = ends.reduce((sum, { high }) => sum + Number(high), 0);
      const read = records.get(topic) ?? [];
      await waitFor(() => read.length >= written, { what: `${written} records of ${topic}` });
      return [...read];
    },
    async write(topic, value) {
      await producer.send({ topic, messages: [{ value }] });
    },
    async stop() {
      await Promise.all([producer.disconnect(), consumer.disconnect(), admin.disconnect()]);
    },
  };
}
