import { randomBytes } from 'node:crypto';
import kafkajs, { type Admin, type Cluster, type Consumer, type IHeaders, type Kafka, type Message } from 'kafkajs';
import { createKafkaClient } from '../../src/kafka/kafka-client.ts';
import { createRangeAssigner } from '../../src/kafka/range-assigner.ts';
import { patchKafkajs } from '../../src/kafkajs/kafkajs-patches.ts';
import type { PolledRecord } from '../../src/record/record.ts';
import { waitFor } from './wait-for.ts';

export function brokersUnderTest(): string[] {
  const brokers = (process.env.KAFKA_BROKERS ?? '').split(',').filter((broker) => broker !== '');
  if (brokers.length === 0) throw new Error('KAFKA_BROKERS must name a running broker: these tests need a real one');
  return brokers;
}

export function randomName(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`;
}

/** A client for reading and writing in tests. */
export class TestKafka {
  readonly kafka: Kafka;
  #admin: Promise<Admin> | null = null;
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(brokers: readonly string[]) {
    patchKafkajs();
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    this.kafka = createKafkaClient({
      clientId: 'tests',
      brokers: () => brokers,
      security: { ssl: false, sasl: null },
      log,
    });
  }

  async admin(): Promise<Admin> {
    this.#admin ??= (async () => {
      const admin = this.kafka.admin();
      await admin.connect();
      this.#closers.push(() => admin.disconnect());
      return admin;
    })();
    return this.#admin;
  }

  async createTopic(
    topic: string,
    numPartitions = 1,
    config: Record<string, string> = {},
    replicationFactor = 1,
  ): Promise<string> {
    const admin = await this.admin();
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic, numPartitions, replicationFactor, configEntries }],
    });
    await waitFor('the leaders', async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const leaders = topics.flatMap(({ partitions }) => partitions.filter(({ leader }) => leader >= 0));
      return leaders.length === numPartitions;
    });
    return topic;
  }

  async configureTopic(name: string, config: Record<string, string>): Promise<void> {
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    await (await this.admin()).alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] });
  }

  async produce(topic: string, messages: readonly Message[], isCompressed = false): Promise<void> {
    const createPartitioner = kafkajs.Partitioners.DefaultPartitioner;
    // A retry on a loaded machine must not write twice.
    const producer = this.kafka.producer({ createPartitioner, metadataMaxAge: 200, idempotent: true });
    await producer.connect();
    const compression = isCompressed ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None;
    let left = messages;
    const deadline = Date.now() + 30_000;
    while (left.length > 0) {
      const results = await producer.send({ topic, messages: [...left], compression });
      // kafkajs silently drops messages for partitions that it does not know yet.
      const written = new Set(results.map(({ partition }) => partition));
      left = left.filter(({ partition }) => partition !== undefined && !written.has(partition));
      if (Date.now() > deadline) throw new Error(`${topic} has no such partition`);
    }
    await producer.disconnect();
  }

  /** Writes values to one partition. */
  produceValues(topic: string, values: readonly string[], partition = 0, headers: IHeaders = {}): Promise<void> {
    return this.produce(
      topic,
      values.map((value) => ({ value, partition, headers })),
    );
  }

  /** Committed offsets by partition; −1 where there is none. */
  async committed(groupId: string, topic: string): Promise<Record<number, number>> {
    const admin = await this.admin();
    const [first] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return Object.fromEntries((first?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
  }

  /** The port of the broker that coordinates the group. */
  async coordinatorPort(groupId: string): Promise<number> {
    let cluster: Cluster | null = null;
    const consumer = this.kafka.consumer({
      groupId,
      partitionAssigners: [
        (created) => {
          cluster = created.cluster;
          return kafkajs.PartitionAssigners.roundRobin(created);
        },
      ],
    });
    await consumer.connect();
    const connected = cluster as Cluster | null;
    await connected?.addTargetTopic('__consumer_offsets');
    const broker = await connected?.findGroupCoordinator({ groupId });
    await consumer.disconnect();
    // kafkajs does not declare the address of a broker.
    return (broker as unknown as { connectionPool: { port: number } }).connectionPool.port;
  }

  async members(groupId: string): Promise<number> {
    const admin = await this.admin();
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.members.length ?? 0;
  }

  /** Joins a group as another member, whose name comes after that of a project. */
  async joinGroup(groupId: string, topic: string): Promise<Consumer> {
    const partitionAssigners = [createRangeAssigner(() => undefined)];
    // By default a consumer takes 5 s to leave.
    const consumer = this.kafka.consumer({ groupId, partitionAssigners, maxWaitTimeInMs: 50 });
    await consumer.connect();
    this.#closers.push(() => consumer.disconnect());
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({ autoCommit: false, eachMessage: async () => undefined });
    return consumer;
  }

  /** Commits an offset for a group without members. */
  async commit(groupId: string, topic: string, partition: number, offset: number): Promise<void> {
    const consumer = await this.joinGroup(groupId, topic);
    await waitFor('the commit', async () => {
      await consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);
      return (await this.committed(groupId, topic))[partition] === offset;
    });
    await consumer.disconnect();
  }

  /** Returns a growing list of all records of a topic. */
  async tap(topic: string): Promise<readonly PolledRecord[]> {
    const seen: PolledRecord[] = [];
    const consumer = this.kafka.consumer({ groupId: randomName('tap'), maxWaitTimeInMs: 50 });
    await consumer.connect();
    this.#closers.push(() => consumer.disconnect());
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        const { key, value, offset, timestamp } = message;
        const numbers = { partition, offset: Number(offset), timestamp: Number(timestamp) };
        seen.push({ topic, ...numbers, timestampType: 'CREATE_TIME', key, value, headers: [] });
      },
    });
    return seen;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
  }
}
