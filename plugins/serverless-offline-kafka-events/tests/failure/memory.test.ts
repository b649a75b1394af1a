import { randomBytes } from 'node:crypto';
import { platform } from 'node:os';
import kafkajs from 'kafkajs';
import { expect, test, vi } from 'vitest';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName, TestKafka } from '../helpers/kafka.ts';

const { server, aProject, on, eventually, untilCommitted } = failureSuite();
const { Partitioners } = kafkajs;
const PARTITIONS = 60;
const RECORDS = 9;
// Writing half a gigabyte takes its time.
vi.setConfig({ testTimeout: 600_000 });

/** About 8 MB for each partition, which cannot be compressed. */
async function aBacklog(): Promise<string> {
  const topic = await eventually((client) => client.createTopic(randomName('backlog'), PARTITIONS));
  const client = new TestKafka(server.brokers);
  // Leaders of so many partitions take their time.
  const retry = { retries: 30 };
  const producer = client.kafka.producer({ retry, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let index = 0; index < PARTITIONS * RECORDS; index += 1) {
    const message = { value: randomBytes(900_000), partition: index % PARTITIONS };
    await producer.send({ topic, messages: [message] });
  }
  await producer.disconnect();
  return topic;
}

// The peak is read from /proc.
test.runIf(platform() === 'linux')(
  'a backlog of 60 partitions with 8 MB each takes less than 600 MB in process, and 900 MB with worker threads',
  async () => {
    const topic = await aBacklog();
    for (const [offline, mostMb] of [
      [{ useInProcess: true }, 600],
      [{}, 900],
    ] as const) {
      const group = { consumerGroupId: `group-${topic}` };
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
        await untilCommitted(project, topic, RECORDS, partition);
      const peakMb = Math.round(project.peakMb);
      expect(await project.stop()).toBe(0);
      expect(peakMb, `with ${JSON.stringify(offline)}`).toBeLessThan(mostMb);
      process.stdout.write(`peak memory with ${JSON.stringify(offline)}: ${peakMb} MB\n`);
    }
  },
);
