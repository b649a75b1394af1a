import { type Admin, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { createKafka } from '#shared/kafka/kafka-client.ts';
import { publish } from '#shared/kafka/producer.ts';
import { createTopics } from '#shared/messages/create-topics.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { codeVersions } from '#shared/runtime/code-version.ts';
import { type KafkaCluster, startKafkaCluster } from '#tests/helpers/kafka-cluster.ts';
import { describeWithPrograms } from '#tests/helpers/own-server.ts';
import { randomName } from '#tests/helpers/random.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';
import { timed } from '#tests/helpers/unhandled.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

/** What kafkajs knows of a partition with a leader. */
const METADATA = { leader: 1, replicas: [1], isr: [1], partitionErrorCode: 0 };

let cluster: KafkaCluster;
let admin: Admin;

beforeAll(async () => {
  cluster = await startKafkaCluster();
  process.env['KAFKA_BROKERS'] = cluster.brokers;
  admin = createKafka(cluster.brokers).admin();
  await admin.connect();
});

afterAll(async () => {
  await admin.disconnect();
  await cluster.stop();
});

/** Creates a topic whose partition 1 is on the second broker, and returns its name. */
async function newTopic(): Promise<string> {
  const topic = randomName('t-');
  const replicaAssignment = [1, 2, 1].map((broker, partition) => ({ partition, replicas: [broker] }));
  const configEntries = [{ name: 'max.message.bytes', value: '5000' }];
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, replicaAssignment, configEntries }] });
  return topic;
}

const choose = Partitioners.DefaultPartitioner();

/** Messages for three partitions, and those among them for one partition. */
function messagesFor(partition: number) {
  const all = Array.from({ length: 30 }, () => ({ key: randomName('k-'), value: 'v', headers: {} }));
  const partitionMetadata = [0, 1, 2].map((partitionId) => ({ ...METADATA, partitionId }));
  return { all, stuck: all.filter((message) => choose({ topic: '', partitionMetadata, message }) === partition) };
}

/** The number of messages on a partition. */
async function written(topic: string, partition: number): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return Number(offsets.find((one) => one.partition === partition)?.high);
}

type Messages = ReturnType<typeof messagesFor>['all'];

function publishAll(topic: string, messages: Messages): Promise<void> {
  return publish('relay events', topic, messages);
}

async function untilLeaderless(topic: string): Promise<void> {
  const isLeaderless = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.some(({ leader }) => leader < 0);
  };
  await waitFor(isLeaderless, { what: 'the partition to lose its leader' });
}

describeWithPrograms('a partition that takes no messages', () => {
  it('because it has no leader fails no other partition, of a warm or a cold producer, until it has one again', async () => {
    const topic = await newTopic();
    await publishAll(topic, messagesFor(1).all);
    const { all, stuck } = messagesFor(1);

    await cluster.killSecond();
    await expect(publishAll(topic, all)).rejects.toMatchObject({ messages: stuck });
    await untilLeaderless(topic);
    await expect(publishAll(topic, all)).rejects.toMatchObject({ messages: stuck });
    await Promise.all(codeVersions().map((version) => version.close()));
    await expect(publishAll(topic, all)).rejects.toMatchObject({ messages: stuck });
    await publishAll(
      topic,
      all.filter((message) => !stuck.includes(message)),
    );

    await cluster.startSecond();
    await waitFor(() => publishAll(topic, stuck).then(() => true), { what: 'the partition to have a leader' });
    expect(stuck.length).toBeGreaterThan(0);
  });

  it('because it refuses a message fails no other partition of its broker, which gets each message once', async () => {
    const topic = await newTopic();
    const { all, stuck } = messagesFor(0);
    Object.assign(stuck[0] ?? {}, { value: 'v'.repeat(10_000) });

    await expect(publishAll(topic, all)).rejects.toMatchObject({ messages: stuck });

    expect((await written(topic, 1)) + (await written(topic, 2))).toBe(all.length - stuck.length);
  });
});

// Last: the brokers do not come back.
describeWithPrograms('a cluster that stops', () => {
  it('is soon skipped by the inline publish, though the producer knows its partitions', async () => {
    process.env['TOPIC_PREFIX'] = randomName('t-');
    await createTopics();
    const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 3000 }, () => performance.now());
    const database = () => Promise.reject(new Error('not needed'));
    const soon = publishSoon({ database, publish, breaker });
    const post = () => timed(() => soon({ ...testEvent(), traceparent: null }));
    await post();
    await cluster.stop();

    const opening = await timed(async () => {
      while (!breaker.isOpen()) await post();
    });
    const skipped = await post();

    // Until the producer's metadata has expired, only its partitions fail.
    expect(opening.ms).toBeLessThan(4000);
    expect(skipped.ms).toBeLessThan(50);
  });
});
