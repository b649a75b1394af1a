import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withProducer } from '../../systems/kafka.ts';
import { residentMb } from '../../systems/processes.ts';
import { type Bench, withProject } from './project.ts';
import { randomName, sendRecords, withTopic } from './topic.ts';

const partitions = 3;
const recordsPerSecond = 5_000;
const sampleMs = 15_000;

/** MB of 1,000,000 bytes */
type Sample = { minute: number; records: number; heapMb: number; residentMb: number };

/** Measures the heap after a collection, and the resident set, over minutes of steady load. */
export async function measureMemory(bench: Bench) {
  const samples = await withTopic(bench.brokers, { partitions }, (topic) =>
    withProject(bench, { topic, groupId: randomName(), handler: 'memory' }, async ({ pid, folder, until }) => {
      const request = path.join(folder, 'measure');
      const answer = path.join(folder, 'heap');
      await until((log) => log.includes('joined the group'));
      return withProducer(bench.brokers, async (send) => {
        const startedAt = Date.now();
        const endsAt = startedAt + bench.minutes * 60_000;
        const taken: Sample[] = [];
        let sampledAt = startedAt;
        for (let sent = 0; Date.now() < endsAt; sent += recordsPerSecond / 10) {
          await sendRecords(send, topic, partitions, recordsPerSecond / 10);
          await sleep(Math.max(0, startedAt + (sent / recordsPerSecond) * 1_000 + 100 - Date.now()));
          if (Date.now() - sampledAt < sampleMs) continue;
          sampledAt = Date.now();
          writeFileSync(request, '');
          await sendRecords(send, topic, partitions, partitions);
          const heap = Number(await until(() => readFileSync(answer, 'utf8')));
          rmSync(request);
          rmSync(answer);
          const minute = Math.round(((sampledAt - startedAt) / 60_000) * 100) / 100;
          const sample = { minute, records: sent, heapMb: rounded(heap / 1e6), residentMb: rounded(residentMb([pid])) };
          taken.push(sample);
          console.error(JSON.stringify(sample));
        }
        return taken;
      });
    }),
  );
  // The first quarter does not count: caches fill and code is compiled.
  const settled = samples.slice(Math.floor(samples.length / 4));
  return {
    samples,
    heapMbPerMinute: slope(settled.map(({ minute, heapMb }) => [minute, heapMb])),
    residentMbPerMinute: slope(settled.map(({ minute, residentMb: mb }) => [minute, mb])),
  };
}

function rounded(megabytes: number) {
  return Math.round(megabytes * 10) / 10;
}

/** Least squares. */
function slope(points: readonly (readonly [number, number])[]) {
  const mean = (index: number) => points.reduce((sum, point) => sum + (point[index] ?? 0), 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return Math.round((over / under) * 1_000) / 1_000;
}
