import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { largest, percentile } from '../../statistics.ts';
import { withProducer } from '../../systems/kafka.ts';
import { type Bench, withProject } from './project.ts';
import { randomName, sendRecords, withTopic } from './topic.ts';

const warmUp = 200;
const count = 1_500;

/**
 * Measures the ms from the producer's clock to the handler, one record at a time, with a window of 0. The first records do not
 * count: they wait for the group to be joined and for code to be compiled.
 */
export async function measureLatency(bench: Bench) {
  const latencies = await withTopic(bench.brokers, { partitions: 3 }, (topic) => {
    const environment = { BENCH_EXPECTED: String(warmUp + count) };
    const event = { maximumBatchingWindow: 0 };
    const options = { topic, groupId: randomName(), handler: 'latency', environment, event } as const;
    return withProject(bench, options, async ({ folder, until }) => {
      await until((log) => log.includes('joined the group'));
      await withProducer(bench.brokers, async (send) => {
        for (let sent = 0; sent < warmUp + count; sent += 1) {
          await sendRecords(send, topic, 1, 1);
          await sleep(10);
        }
      });
      const found: number[] = await until(() => JSON.parse(readFileSync(path.join(folder, 'latencies.json'), 'utf8')));
      return found;
    });
  });
  const measured = latencies.slice(warmUp);
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => percentile(measured, share));
  return { records: measured.length, p50, p90, p99, max: largest(measured) };
}
