import { Kafka, logLevel } from 'kafkajs';
import { randomName } from './random.ts';
import { waitFor } from './wait-for.ts';

/** All messages on the topics of a prefix: key, value and headers as one text per message. */
export async function allMessages(brokers: string, topicPrefix: string): Promise<string[]> {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix));
  const partitions = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  const expected = partitions.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const found: string[] = [];
  if (expected === 0) return found;
  const consumer = kafka.consumer({ groupId: randomName('all-messages-') });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, message: { key, value, headers = {} } }) => {
        found.push(`${topic} ${key} ${value} ${Object.entries(headers).join(' ')}`);
      },
    });
    await waitFor(() => found.length >= expected, { what: `${expected} messages` });
  } finally {
    await consumer.disconnect();
  }
  return found;
}
