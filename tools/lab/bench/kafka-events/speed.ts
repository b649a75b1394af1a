import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { typescriptOptions } from '#tools/local/process/node-arguments.ts';
import { brokers, options } from './options.ts';
import { withProject } from './project.ts';
import { createTopic, deleteTopic, randomName, untilCommitted } from './topic.ts';

const BARE_CONSUMER = fileURLToPath(new URL('./bare-consumer.ts', import.meta.url));

export type Load = { topic: string; records: number; partitions: number; batchSize: number };

/**
 * From joining the group to the last record committed, as the broker sees it; the same for every consumer. So what is
 * fetched ahead, and threads that start, count as well.
 */
const contenders = {
  'bare, commit per batch': (load: Load) => bare(load, 'batch'),
  'plugin, in process': (load: Load) => plugin(load, true),
  'bare, commit per fetch': (load: Load) => bare(load, 'fetch'),
  'plugin, worker threads': (load: Load) => plugin(load, false),
};

async function bare({ topic, records, partitions, batchSize }: Load, commitPer: 'batch' | 'fetch') {
  const folder = mkdtempSync(path.join(tmpdir(), 'kafka-events-bench-'));
  const groupId = randomName();
  const joinedFile = path.join(folder, 'joined');
  const config = JSON.stringify({ brokers, topic, groupId, partitions, batchSize, commitPer, joinedFile });
  const child = spawn(process.execPath, [...typescriptOptions, BARE_CONSUMER, config], {
    stdio: 'inherit',
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    const committedAt = await untilCommitted(topic, groupId, records);
    return rate(records, Number(readFileSync(joinedFile, 'utf8')), committedAt);
  } finally {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function plugin({ topic, records, batchSize }: Load, isInProcess: boolean) {
  const groupId = randomName();
  return withProject(
    { topic, groupId, handler: 'noop', isInProcess, event: { batchSize } },
    async ({ joinedAt, until }) => {
      const committedAt = await untilCommitted(topic, groupId, records);
      const url = await until((log) => /"url":"([^"]+)"/.exec(log)?.[1]);
      const invoked = Number(/invoked_event_count_total\{.*\} (\d+)/.exec(await (await fetch(url)).text())?.[1]);
      if (invoked !== records) throw new Error(`the function got ${invoked} of ${records} records`);
      return rate(records, joinedAt(), committedAt);
    },
  );
}

function rate(records: number, joinedAt: number, committedAt: number) {
  return Math.round((records * 1_000) / (committedAt - joinedAt));
}

/** Records per second by contender, in turn and more than once, so that a busy moment of the machine hits all of them. */
export async function measureSpeed() {
  const rows = [];
  for (const batchSize of [100, 1_000]) {
    for (const partitions of [1, 3, 12]) {
      const { topic, records } = await createTopic(partitions, options.records * (batchSize === 1_000 ? 4 : 1));
      const rates: Record<string, number[]> = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
      for (let round = 0; round < options.rounds; round++) {
        for (const [name, measure] of Object.entries(contenders)) {
          rates[name]?.push(await measure({ topic, records, partitions, batchSize }));
        }
      }
      await deleteTopic(topic);
      rows.push({ batchSize, partitions, records, rates, ...ratios(rates) });
      console.error(JSON.stringify(rows.at(-1)));
    }
  }
  return rows;
}

/** Of medians. */
function ratios(rates: Record<string, number[]>) {
  const of = (name: keyof typeof contenders) => median(rates[name] ?? []);
  const against = of('bare, commit per batch');
  return {
    inProcessToBare: round(of('plugin, in process') / against),
    workerToBare: round(of('plugin, worker threads') / against),
    inProcessToBarePerFetch: round(of('plugin, in process') / of('bare, commit per fetch')),
  };
}

export function median(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function round(value: number) {
  return Math.round(value * 100) / 100;
}
