import { Kafka, logLevel } from 'kafkajs';

/** @param {string} brokers */
const connectAdmin = async (brokers) => {
  const kafka = new Kafka({ clientId: 'chaos', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  return admin;
};

/**
 * @param {string} brokers
 * @param {readonly string[]} topics
 */
export const createTopics = async (brokers, topics) => {
  const admin = await connectAdmin(brokers);
  try {
    await admin.createTopics({ waitForLeaders: true, topics: topics.map((topic) => ({ topic, numPartitions: 3 })) });
  } finally {
    await admin.disconnect();
  }
};

/**
 * How many messages have ever been written to a topic.
 * @param {string} brokers
 * @param {string} topic
 * @returns {Promise<number>}
 */
export const countMessages = async (brokers, topic) => {
  const admin = await connectAdmin(brokers);
  try {
    const partitions = await admin.fetchTopicOffsets(topic);
    return partitions.reduce((total, { high }) => total + Number(high), 0);
  } finally {
    await admin.disconnect();
  }
};

/**
 * How many brokers the cluster has.
 * @param {string} brokers
 * @returns {Promise<number>}
 */
export const countBrokers = async (brokers) => {
  const admin = await connectAdmin(brokers);
  try {
    return (await admin.describeCluster()).brokers.length;
  } finally {
    await admin.disconnect();
  }
};
