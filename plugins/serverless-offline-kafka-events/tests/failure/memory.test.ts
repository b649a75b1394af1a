import { randomBytes } from 'node:crypto';
import { platform } from 'node:os';
import kafkajs, { type CompressionTypes as Compression, type Message } from 'kafkajs';
import { describe, expect, test, vi } from 'vitest';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName, TestKafka } from '../helpers/kafka.ts';

const { server, aProject, on, eventually, untilCommitted } = failureSuite();
const { CompressionTypes, Partitioners } = kafkajs;
const PARTITIONS = 60;
// Writing half a gigabyte takes its time.
vi.setConfig({ testTimeout: 600_000 });

interface Backlog {
  readonly recordsEach: number;
  /** Most records of one invocation. */
  readonly batchSize: number;
  /** The records of one request. */
  readonly messages: () => Omit<Message, 'partition'>[];
  readonly compression: Compression;
}

/** About 8 MB for each partition, which cannot be compressed. */
const RANDOM: Backlog = {
  recordsEach: 9,
  batchSize: 10,
  messages: () => [{ value: randomBytes(900_000) }],
  compression: CompressionTypes.None,
};

/** About 12 MB for each partition, of which a fetch gets all: it is 0.3 MB when compressed. */
const REPETITIVE: Backlog = {
  recordsEach: 6_000,
  batchSize: 100,
  messages: () => Array.from({ length: 100 }, anOrder),
  compression: CompressionTypes.GZIP,
};

function anOrder(): Message {
  const line = { quantity: 1, price: { currency: 'EUR', amount: 1_999 }, description: 'the same text in every order' };
  const lines = Array.from({ length: 16 }, (_, article) => ({ article: `article number ${article}`, ...line }));
  return { value: JSON.stringify({ id: randomBytes(8).toString('hex'), status: 'paid', lines }) };
}

async function aBacklog({ recordsEach, messages, compression }: Backlog): Promise<string> {
  const topic = await eventually((client) => client.createTopic(randomName('backlog'), PARTITIONS));
  const client = new TestKafka(server.brokers);
  // Leaders of so many partitions take their time.
  const retry = { retries: 30 };
  const producer = client.kafka.producer({ retry, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let written = 0; written < recordsEach; ) {
    const request = messages();
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const all = request.map((message) => ({ ...message, partition }));
      await producer.send({ topic, messages: all, compression });
    }
    written += request.length;
  }
  await producer.disconnect();
  return topic;
}

// The peak is read from /proc.
describe.runIf(platform() === 'linux')('a backlog takes less than 600 MB in process, and 900 MB with workers', () => {
  test.each([
    ['of 60 partitions with 8 MB each', RANDOM],
    ['of 60 partitions whose JSON is compressed to a fortieth', REPETITIVE],
  ])('%s', async (_name, backlog) => {
    const { batchSize, recordsEach } = backlog;
    const topic = await aBacklog(backlog);
    for (const [offline, mostMb] of [
      [{ useInProcess: true }, 600],
      [{}, 900],
    ] as const) {
      const group = { consumerGroupId: `group-${topic}`, batchSize };
      const functions = { held: { handler: 'handler.gatedOffsets', timeout: 120, events: on(topic, group) } };
      const project = aProject(functions, { offline });
      await eventually(async (client) =>
        (await client.admin()).deleteGroups([`group-${topic}`]).catch(() => undefined),
      );
      await project.start();
      await project.untilJoined(1);
      // Everything that may be polled ahead is there, and functions hold their batches.
      let before = 0;
      await project.waitFor('memory to stand still', async () => {
        const now = project.peakMb;
        const isStill = now === before && now > 250;
        before = now;
        await eventually((client) => client.members(`group-${topic}`));
        return isStill;
      });
      project.openGate();
      for (let partition = 0; partition < PARTITIONS; partition += 1)
        await untilCommitted(project, topic, recordsEach, partition);
      const peakMb = Math.round(project.peakMb);
      expect(await project.stop()).toBe(0);
      expect(peakMb, `with ${JSON.stringify(offline)}`).toBeLessThan(mostMb);
      process.stdout.write(`peak memory with ${JSON.stringify(offline)}: ${peakMb} MB\n`);
    }
  });
});
