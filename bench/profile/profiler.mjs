import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '#local/cli/wait-for.mjs';
import { rootDir } from '#local/paths.mjs';
import { descendantsOf } from '#tests/chaos/process-tree.mjs';
import { sharesOf, sourceFinder } from './shares.mjs';

/** How many shares are told. */
const told = 8;
const limitMs = 30_000;

const hook = import.meta.resolve('./hook.mjs');

/**
 * Profiles the main thread of the application while a workload runs.
 * @typedef {object} Profiler
 * @property {Readonly<Record<string, string>>} env what the application has to be started with
 * @property {(pids: readonly number[]) => void} begin nothing when it has begun already
 * @property {(name: string) => Promise<string | undefined>} end writes `name`.cpuprofile and tells the largest shares; undefined when it had not begun
 */

/** @param {readonly number[]} pids */
const applicationOf = (pids) =>
  descendantsOf(process.pid).find(({ pid, command }) => pids.includes(pid) && command.endsWith(' offline start'))?.pid;

/** @param {string} file that appears as a whole */
const readOnceThere = async (file) => {
  if (!(await waitFor(() => existsSync(file), { timeoutMs: limitMs })))
    throw new Error(`the application wrote no profile in ${limitMs / 1000} s`);
  return JSON.parse(readFileSync(file, 'utf8'));
};

/**
 * @param {string} dir where the profiles go
 * @returns {Profiler}
 */
export const createProfiler = (dir) => {
  mkdirSync(dir, { recursive: true });
  const file = path.resolve(dir, '.running');
  /** @type {number | undefined} */
  let profiled;
  return {
    env: { NODE_OPTIONS: `--import=${hook}`, BENCH_PROFILE_FILE: file },
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
};
