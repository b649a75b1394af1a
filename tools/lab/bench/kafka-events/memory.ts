import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { options } from './options.ts';
import { withProject } from './project.ts';
import { createTopic, deleteTopic, randomName, sendRecords, withProducer } from './topic.ts';

const PARTITIONS = 3;
const RECORDS_PER_SECOND = 5_000;
const SAMPLE_MS = 15_000;

/** The heap after a collection, and the resident set, over minutes of steady load. */
export async function measureMemory() {
  const { topic } = await createTopic(PARTITIONS, 0);
  const samples = await withProject({ topic, groupId: randomName(), handler: 'memory' }, async (running) => {
    await running.until((log) => log.includes('joined the group'));
    return withProducer(async (producer) => {
      const startedAt = Date.now();
      const endsAt = startedAt + options.minutes * 60_000;
      const taken = [];
      let sampledAt = startedAt;
      for (let sent = 0; Date.now() < endsAt; sent += RECORDS_PER_SECOND / 10) {
        await sendRecords(producer, topic, PARTITIONS, RECORDS_PER_SECOND / 10);
        await sleep(Math.max(0, startedAt + (sent / RECORDS_PER_SECOND) * 1_000 + 100 - Date.now()));
        if (Date.now() - sampledAt < SAMPLE_MS) continue;
        sampledAt = Date.now();
        writeFileSync(path.join(running.folder, 'measure'), '');
        await sendRecords(producer, topic, PARTITIONS, PARTITIONS);
        const heap = await running.until(() => readFileSync(path.join(running.folder, 'heap'), 'utf8'));
        rmSync(path.join(running.folder, 'measure'));
        rmSync(path.join(running.folder, 'heap'));
        const minute = Math.round(((sampledAt - startedAt) / 60_000) * 100) / 100;
        taken.push({ minute, records: sent, heapMb: megabytes(Number(heap)), residentMb: residentMb(running.pid) });
        console.error(JSON.stringify(taken.at(-1)));
      }
      return taken;
    });
  });
  await deleteTopic(topic);
  // The first quarter is left out: caches fill and code is compiled.
  const settled = samples.slice(Math.floor(samples.length / 4));
  return {
    samples,
    heapMbPerMinute: slope(settled.map(({ minute, heapMb }) => [minute, heapMb])),
    residentMbPerMinute: slope(settled.map(({ minute, residentMb: mb }) => [minute, mb])),
  };
}

function residentMb(pid: number) {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return megabytes(Number(kilobytes) * 1_024);
}

function megabytes(bytes: number) {
  return Math.round((bytes / 1_048_576) * 10) / 10;
}

/** Least squares. */
function slope(points: readonly (readonly [number, number])[]) {
  const mean = (index: number) => points.reduce((sum, point) => sum + (point[index] ?? 0), 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return Math.round((over / under) * 1_000) / 1_000;
}
