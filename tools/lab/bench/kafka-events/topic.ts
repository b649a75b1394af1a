import { randomBytes } from 'node:crypto';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { countMessages, createTopics, type Send, withAdmin, withProducer } from '../../systems/kafka.ts';

const value = Buffer.alloc(200, 97);
const sendBatch = 2_500;
const commitLimitMs = 600_000;

export function randomName() {
  return `bench-${randomBytes(4).toString('hex')}`;
}

/**
 * Runs a measurement with a topic of its own.
 * @param count of records of 200 bytes, spread evenly
 * @param use receives the number of records in the topic: a producer may repeat some
 */
export async function withTopic<T>(
  brokers: string,
  { partitions, count = 0 }: { partitions: number; count?: number },
  use: (topic: string, records: number) => Promise<T>,
): Promise<T> {
  const topic = randomName();
  await createTopics(brokers, [topic], partitions);
  await withProducer(brokers, async (send) => {
    for (let sent = 0; sent < count; sent += sendBatch)
      await sendRecords(send, topic, partitions, Math.min(sendBatch, count - sent));
  });
  const result = await use(topic, await countMessages(brokers, topic));
  await withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [topic] }));
  return result;
}

export async function sendRecords(send: Send, topic: string, partitions: number, count: number) {
  await send(
    topic,
    Array.from({ length: count }, (_, index) => ({ value, partition: index % partitions })),
  );
}

/** @returns when the broker had the group's offsets up to this count, in ms since 1970 */
export async function untilCommitted(brokers: string, topic: string, groupId: string, count: number) {
  return withAdmin(brokers, async (admin) => {
    const isCommitted = async () => {
      const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const committed = (group?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
      return committed >= count;
    };
    if (await waitFor(isCommitted, { timeoutMs: commitLimitMs, everyMs: 10 })) return Date.now();
    throw new Error(`${groupId} did not commit ${count} records in ten minutes`);
  });
}
