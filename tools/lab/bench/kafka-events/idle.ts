import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs } from '../process-figures.ts';
import { withProject } from './project.ts';
import { createTopic, deleteTopic, randomName } from './topic.ts';

/** So long after its start V8 still collects what the start left behind, with a mapping and without. */
const SETTLE_MS = 60_000;
const SECONDS = 60;

/** Percent of one core that a process takes with one idle mapping, and with none, by what it used over a minute. */
export async function measureIdle() {
  const { topic } = await createTopic(3, 0);
  const withMapping = await percentOfCore(topic, true);
  const withNone = await percentOfCore(topic, false);
  await deleteTopic(topic);
  return { withMapping, withNone };
}

async function percentOfCore(topic: string, enabled: boolean) {
  return withProject({ topic, groupId: randomName(), handler: 'noop', event: { enabled } }, async ({ pid, until }) => {
    await until((log) => log.includes(enabled ? 'joined the group' : 'metrics are served'));
    await sleep(SETTLE_MS);
    const before = processorMs([pid]);
    await sleep(SECONDS * 1_000);
    return Math.round(((processorMs([pid]) - before) / SECONDS) * 10) / 100;
  });
}
