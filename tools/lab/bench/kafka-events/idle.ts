import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs } from '../../systems/processes.ts';
import { type Bench, withProject } from './project.ts';
import { measureSpeed } from './speed.ts';
import { randomName, withTopic } from './topic.ts';

/** For this long V8 still collects what the start left behind, with a mapping and without. */
const settleMs = 60_000;
const seconds = 60;

/** Measures the share of one core, in percent, that a process uses with one idle mapping, and with none. */
export function measureIdle(bench: Bench) {
  return withTopic(bench.brokers, { partitions: 3 }, async (topic) => ({
    withMapping: await percentOfCore(bench, topic, true),
    withNone: await percentOfCore(bench, topic, false),
  }));
}

const MANY = 300;

/** Measures records per second, and the share of one core when idle, with 300 partitions. */
export async function measurePartitions(bench: Bench) {
  const [speed] = await measureSpeed(bench, { batchSizes: [100], partitionCounts: [MANY] });
  const idle = await withTopic(bench.brokers, { partitions: MANY }, (topic) => percentOfCore(bench, topic, true));
  return { partitions: MANY, speed, idle };
}

function percentOfCore(bench: Bench, topic: string, enabled: boolean) {
  const options = { topic, groupId: randomName(), handler: 'noop', event: { enabled } } as const;
  return withProject(bench, options, async ({ pid, until }) => {
    await until((log) => log.includes(enabled ? 'joined the group' : 'metrics are served'));
    await sleep(settleMs);
    const before = processorMs([pid]);
    await sleep(seconds * 1_000);
    return Math.round(((processorMs([pid]) - before) / seconds) * 10) / 100;
  });
}
