import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { typescriptOptions } from '#tools/local/process/node-arguments.ts';
import { rootDir } from '#tools/paths.ts';
import { descendantsOf } from '../../chaos/process-tree.ts';
import { sharesOf, sourceFinder } from './shares.ts';

/** How many shares are told. */
const told = 8;
const limitMs = 30_000;

const hook = import.meta.resolve('./hook.ts');

/** Profiles the main thread of the application while a workload runs. */
export interface Profiler {
  /** what the application has to be started with */
  env: Readonly<Record<string, string>>;
  /** nothing when it has begun already */
  begin: (pids: readonly number[]) => void;
  /** writes `name`.cpuprofile and tells the largest shares; undefined when it had not begun */
  end: (name: string) => Promise<string | undefined>;
}

function applicationOf(pids: readonly number[]) {
  return descendantsOf(process.pid).find(({ pid, command }) => pids.includes(pid) && command.endsWith(' offline start'))
    ?.pid;
}

/** @param file that appears as a whole */
async function readOnceThere(file: string) {
  if (!(await waitFor(() => existsSync(file), { timeoutMs: limitMs })))
    throw new Error(`the application wrote no profile in ${limitMs / 1000} s`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** @param dir where the profiles go */
export function createProfiler(dir: string): Profiler {
  mkdirSync(dir, { recursive: true });
  const file = path.resolve(dir, '.running');
  let profiled: number | undefined;
  return {
    env: { NODE_OPTIONS: [...typescriptOptions, '--import', hook].join(' '), BENCH_PROFILE_FILE: file },
    begin(pids) {
      if (profiled !== undefined) return;
      profiled = applicationOf(pids);
      rmSync(file, { force: true });
      if (profiled !== undefined) process.kill(profiled, 'SIGUSR2');
    },
    async end(name) {
      const pid = profiled;
      profiled = undefined;
      if (pid === undefined) return undefined;
      process.kill(pid, 'SIGUSR2');
      const shares = sharesOf(await readOnceThere(file), sourceFinder(rootDir)).slice(0, told);
      renameSync(file, path.join(dir, `${name}.cpuprofile`));
      return shares.map((share) => `${share.name} ${share.percent.toFixed(0)} %`).join(', ');
    },
  };
}
