import { Kafka, logLevel } from 'kafkajs';

async function connectAdmin(brokers: string) {
  const kafka = new Kafka({ clientId: 'chaos', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  return admin;
}

export async function createTopics(brokers: string, topics: readonly string[]) {
  const admin = await connectAdmin(brokers);
  try {
    await admin.createTopics({ waitForLeaders: true, topics: topics.map((topic) => ({ topic, numPartitions: 3 })) });
  } finally {
    await admin.disconnect();
  }
}

/** How many messages have ever been written to a topic. */
export async function countMessages(brokers: string, topic: string): Promise<number> {
  const admin = await connectAdmin(brokers);
  try {
    const partitions = await admin.fetchTopicOffsets(topic);
    return partitions.reduce((total, { high }) => total + Number(high), 0);
  } finally {
    await admin.disconnect();
  }
}

/** How many brokers the cluster has. */
export async function countBrokers(brokers: string): Promise<number> {
  const admin = await connectAdmin(brokers);
  try {
    return (await admin.describeCluster()).brokers.length;
  } finally {
    await admin.disconnect();
  }
}
