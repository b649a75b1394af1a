import { writeFileSync } from 'node:fs';
import kafkajs from 'kafkajs';

interface BareOptions {
  brokers: string[];
  topic: string;
  groupId: string;
  partitions: number;
  batchSize: number;
  commitPer: 'batch' | 'fetch';
  /** where it writes when it joined its group */
  joinedFile: string;
}

/**
 * The usual kafkajs consumer: it passes a batch to a function that does nothing, commits and continues. Partitions run
 * concurrently; one fetch brings as much as with the plugin (kafkajs' own limits, 250 ms).
 */
async function runBareConsumer({ brokers, topic, groupId, partitions, batchSize, commitPer, joinedFile }: BareOptions) {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.ERROR });
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 250, minBytes: 1 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  consumer.on(consumer.events.GROUP_JOIN, () => writeFileSync(joinedFile, String(Date.now())));
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: partitions,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
      const commit = (last: string) =>
        consumer.commitOffsets([{ topic, partition: batch.partition, offset: String(BigInt(last) + 1n) }]);
      for (let from = 0; from < batch.messages.length; from += batchSize) {
        const messages = batch.messages.slice(from, from + batchSize);
        await handle(messages);
        const last = messages.at(-1)?.offset ?? '0';
        resolveOffset(last);
        if (commitPer === 'batch') await commit(last);
        await heartbeat();
      }
      if (commitPer === 'fetch') await commit(batch.lastOffset());
    },
  });
  process.once('SIGTERM', () => void consumer.disconnect().then(() => process.exit(0)));
}

async function handle(_messages: unknown[]) {}

// A process of its own, as the plugin's is.
await runBareConsumer(JSON.parse(process.argv[2] ?? ''));
