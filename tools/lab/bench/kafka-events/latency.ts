import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withProject } from './project.ts';
import { createTopic, deleteTopic, randomName, sendRecords, withProducer } from './topic.ts';

const WARM_UP = 200;
const COUNT = 1_500;

/**
 * Milliseconds from the producer's clock to the handler, one record at a time, with a window of 0. The first records are
 * left out: they wait for the group to be joined and for code to be compiled.
 */
export async function measureLatency() {
  const { topic } = await createTopic(3, 0);
  const environment = { BENCH_EXPECTED: String(WARM_UP + COUNT) };
  const options = { topic, groupId: randomName(), environment, event: { maximumBatchingWindow: 0 } };
  const latencies = await withProject({ ...options, handler: 'latency' }, async ({ folder, until }) => {
    await until((log) => log.includes('joined the group'));
    await withProducer(async (producer) => {
      for (let i = 0; i < WARM_UP + COUNT; i++) {
        await sendRecords(producer, topic, 1, 1);
        await sleep(10);
      }
    });
    const found: number[] = await until(() => JSON.parse(readFileSync(path.join(folder, 'latencies.json'), 'utf8')));
    return found;
  });
  await deleteTopic(topic);
  const sorted = latencies.slice(WARM_UP).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)];
  return { records: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
