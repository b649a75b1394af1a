import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from '#tools/local/process/managed-process.ts';
import { typescriptOptions } from '#tools/local/process/node-arguments.ts';
import { newFolder } from '../../folders.ts';
import { median } from '../../statistics.ts';
import { alternate } from '../alternate.ts';
import { type Bench, withProject } from './project.ts';
import { randomName, untilCommitted, withTopic } from './topic.ts';

const bareConsumer = fileURLToPath(new URL('./bare-consumer.ts', import.meta.url));

type Load = { topic: string; records: number; partitions: number; batchSize: number };

/**
 * From joining the group to the last record committed, as the broker sees it; the same for every consumer. So fetching ahead
 * and starting threads count as well.
 */
const contenders = {
  'bare, commit per batch': (bench: Bench, load: Load) => bare(bench, load, 'batch'),
  'plugin, in process': (bench: Bench, load: Load) => plugin(bench, load, true),
  'bare, commit per fetch': (bench: Bench, load: Load) => bare(bench, load, 'fetch'),
  'plugin, worker threads': (bench: Bench, load: Load) => plugin(bench, load, false),
};

async function bare({ brokers, guard }: Bench, load: Load, commitPer: 'batch' | 'fetch') {
  const folder = newFolder();
  const groupId = randomName();
  const joinedFile = path.join(folder, 'joined');
  const config = JSON.stringify({ ...load, brokers: brokers.split(','), groupId, commitPer, joinedFile });
  const args = [...typescriptOptions, bareConsumer, config];
  const logFile = path.join(folder, 'consumer.log');
  const consumer = startProcess({ name: 'bare consumer', file: process.execPath, args, logFile }, guard);
  try {
    const committedAt = await untilCommitted(brokers, load.topic, groupId, load.records);
    return rate(load.records, Number(readFileSync(joinedFile, 'utf8')), committedAt);
  } finally {
    await consumer.stop();
  }
}

function plugin(bench: Bench, { topic, records, batchSize }: Load, isInProcess: boolean) {
  const groupId = randomName();
  const options = { topic, groupId, handler: 'noop', isInProcess, event: { batchSize } } as const;
  return withProject(bench, options, async ({ joinedAt, until }) => {
    const committedAt = await untilCommitted(bench.brokers, topic, groupId, records);
    const url = await until((log) => /"url":"([^"]+)"/.exec(log)?.[1]);
    const invoked = Number(/invoked_event_count_total\{.*\} (\d+)/.exec(await (await fetch(url)).text())?.[1]);
    if (invoked !== records) throw new Error(`the function received ${invoked} of ${records} records`);
    return rate(records, joinedAt(), committedAt);
  });
}

function rate(records: number, joinedAt: number, committedAt: number) {
  return Math.round((records * 1_000) / (committedAt - joinedAt));
}

interface Shapes {
  readonly batchSizes: readonly number[];
  readonly partitionCounts: readonly number[];
}

const USUAL_SHAPES: Shapes = { batchSizes: [100, 1_000], partitionCounts: [1, 3, 12] };

/** Measures records per second by contender, in turns. */
export async function measureSpeed(bench: Bench, { batchSizes, partitionCounts } = USUAL_SHAPES) {
  const rows = [];
  for (const batchSize of batchSizes) {
    for (const partitions of partitionCounts) {
      const count = bench.records * (batchSize === 1_000 ? 4 : 1);
      const row = await withTopic(bench.brokers, { partitions, count }, async (topic, records) => {
        const load = { topic, records, partitions, batchSize };
        const all = Object.entries(contenders).map(([name, measure]) => ({
          name,
          run: async () => ({ 'per second': await measure(bench, load) }),
        }));
        const results = await alternate(all, { rounds: bench.rounds, tell: (line) => console.error(line) });
        const rates: Record<string, number[]> = {};
        for (const [name, shown] of results) rates[name] = shown.flatMap((one) => one['per second'] ?? []);
        return { batchSize, partitions, records, rates };
      });
      rows.push({ ...row, ...ratios(row.rates) });
      console.error(JSON.stringify(rows.at(-1)));
    }
  }
  return rows;
}

/** Of medians. */
function ratios(rates: Readonly<Record<string, readonly number[]>>) {
  const of = (name: keyof typeof contenders) => median(rates[name] ?? []) ?? Number.NaN;
  const against = of('bare, commit per batch');
  return {
    inProcessToBare: round(of('plugin, in process') / against),
    workerToBare: round(of('plugin, worker threads') / against),
    inProcessToBarePerFetch: round(of('plugin, in process') / of('bare, commit per fetch')),
  };
}

function round(value: number) {
  return Math.round(value * 100) / 100;
}
