import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { rootDir } from '#tools/paths.ts';
import { descendantsOf } from '../../systems/processes.ts';
import { HOOK_FILE, sharesOf, sourceFinder } from './shares.ts';

/** How many shares are printed. */
const printed = 8;
const limitMs = 30_000;

/** Node loads JavaScript only, and a loader for TypeScript keeps serverless-offline from starting. */
export function writeHook(file: string) {
  const source = path.join(import.meta.dirname, 'hook.ts');
  buildSync({ entryPoints: [source], outfile: file, platform: 'node', format: 'esm' });
  return pathToFileURL(file).href;
}

export function applicationOf(pids: readonly number[]) {
  return descendantsOf(process.pid).find(({ pid, command }) => pids.includes(pid) && command.endsWith(' offline start'))
    ?.pid;
}

/** @param file that appears complete */
async function readOnceThere(file: string) {
  if (!(await waitFor(() => existsSync(file), { timeoutMs: limitMs })))
    throw new Error(`the application wrote no profile in ${limitMs / 1000} s`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Profiles the main thread of the application while a workload runs.
 * @param dir where the profiles go
 */
export function createProfiler(dir: string) {
  mkdirSync(dir, { recursive: true });
  const file = path.resolve(dir, '.running');
  const hook = writeHook(path.resolve(dir, HOOK_FILE));
  let profiled: number | undefined;
  return {
    /** environment that the application has to be started with */
    env: { NODE_OPTIONS: `--import ${hook}`, BENCH_PROFILE_FILE: file },
    /** starts a profile, unless one is running */
    begin(pids: readonly number[]) {
      if (profiled !== undefined) return;
      profiled = applicationOf(pids);
      rmSync(file, { force: true });
      if (profiled !== undefined) process.kill(profiled, 'SIGUSR2');
    },
    /** Writes `name`.cpuprofile and returns the largest shares; undefined when no profile was running. */
    async end(name: string): Promise<string | undefined> {
      const pid = profiled;
      profiled = undefined;
      if (pid === undefined) return undefined;
      process.kill(pid, 'SIGUSR2');
      const shares = sharesOf(await readOnceThere(file), sourceFinder(rootDir)).slice(0, printed);
      renameSync(file, path.join(dir, `${name}.cpuprofile`));
      return shares.map((share) => `${share.name} ${share.percent.toFixed(0)} %`).join(', ');
    },
  };
}
