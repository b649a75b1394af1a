import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { newFolder } from '../../folders.ts';
import { callsPerSecond } from '../../load/throughput.ts';
import { residentMb } from '../../systems/processes.ts';
import { applicationOf, writeHook } from '../profile/profiler.ts';
import { register, type Workload } from './workload.ts';

const collectionLimitMs = 30_000;
/** The share of a turn that each kind of call has. */
const turn = { posts: 500, gets: 4000, lists: 1000 };

/** Makes the application collect its garbage, and returns what is left in MB. */
async function heapMb(pids: readonly number[], file: string) {
  const application = applicationOf(pids);
  if (application === undefined) throw new Error('the application is not running');
  rmSync(file, { force: true });
  process.kill(application, 'SIGUSR2');
  if (!(await waitFor(() => existsSync(file), { timeoutMs: collectionLimitMs })))
    throw new Error('the application did not collect its garbage');
  return Number(readFileSync(file, 'utf8')) / 1e6;
}

/** What minutes at full load leave in memory: registrations with their mails, cached reads and lists, in turns. */
export const soakMemory: Workload = {
  place: 'memory',
  async measure(laboratory) {
    await laboratory.stopSystems();
    const folder = newFolder();
    const file = path.join(folder, 'heap');
    const env = { NODE_OPTIONS: `--import ${writeHook(path.join(folder, 'hook.mjs'))}`, BENCH_HEAP_FILE: file };
    const ours = await laboratory.startOurs('soak', env);
    const get = (url: string) => ({ method: 'GET', path: url }) as const;
    const heap: number[] = [];
    const resident: number[] = [];
    try {
      const started = performance.now();
      for (let minute = 1; minute <= laboratory.minutes; minute += 1) {
        let calls = 0;
        while (performance.now() - started < minute * 60_000) {
          await register(laboratory, ours, turn.posts);
          await callsPerSecond(ours.base, { count: turn.gets, call: () => get('/api/users/1') });
          await callsPerSecond(ours.base, { count: turn.lists, call: () => get('/api/users/?page=0&pageSize=20') });
          calls += turn.posts + turn.gets + turn.lists;
        }
        heap.push(await heapMb(ours.pids(), file));
        resident.push(residentMb(ours.pids()));
        laboratory.tell(
          `minute ${minute}: ${calls} calls, heap ${heap.at(-1)?.toFixed(1)} MB, resident ${resident.at(-1)?.toFixed(0)} MB`,
        );
      }
    } finally {
      await ours.stop();
    }
    const figure = (title: string, values: readonly number[]) => [
      { title: `${title}, after 1 minute`, unit: 'MB', values: values.slice(0, 1), references: [] },
      { title: `${title}, after ${laboratory.minutes} minutes`, unit: 'MB', values: values.slice(-1), references: [] },
    ];
    return [...figure('heap after collection', heap), ...figure('resident', resident)];
  },
};
