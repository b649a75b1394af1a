import { spawn } from 'node:child_process';
import path from 'node:path';
import { rootDir } from '#tools/paths.ts';
import { say } from '../cli/progress.ts';
import type { Guard } from '../process/guard-client.ts';
import { endGroup, signalGroup } from '../process/signals.ts';

/** An application that ran this long has started well: the next restart is quick again. */
const stableMs = 60_000;
const longestDelayMs = 30_000;
/** An application that never became ready and died this often will not start at all. */
const hopelessStarts = 5;

export interface Supervisor {
  /** from now on it is restarted without end */
  markReady: () => void;
  /** why it was given up */
  hopeless: Promise<string>;
  stop: (graceMs: number) => Promise<void>;
  kill: () => void;
}

/**
 * @param deaths in a row, from 1
 * @returns milliseconds until the next start
 */
export function restartDelayMs(deaths: number): number {
  return Math.min(longestDelayMs, 500 * 2 ** (deaths - 1));
}

/** Runs serverless-offline, and starts it again whenever it ends. */
export function superviseApp({
  env,
  guard,
  command,
}: {
  env: Record<string, string | undefined>;
  guard: Guard;
  command: [string, ...string[]];
}): Supervisor {
  const [file, ...args] = command;
  let pid = 0;
  let deaths = 0;
  let wasReady = false;
  let isStopping = false;
  let restart: NodeJS.Timeout | undefined;
  let ended: Promise<void> = Promise.resolve();
  let giveUp: (reason: string) => void = () => {};
  const hopeless: Promise<string> = new Promise((resolve) => {
    giveUp = resolve;
  });

  const start = () => {
    const startedAt = Date.now();
    // What the handlers print goes to our own output unchanged: it is structured, and people search it.
    const child = spawn(file, args, { cwd: rootDir, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    pid = child.pid ?? 0;
    if (pid > 0) guard.watch(pid);
    ended = new Promise((resolve) => {
      const onEnd = (outcome: string) => {
        if (pid > 0) guard.forget(pid);
        killGroup(pid);
        pid = 0;
        resolve();
        if (!isStopping) onDeath(outcome, Date.now() - startedAt);
      };
      child.once('error', (error) => onEnd(error.message));
      child.once('exit', (code, signal) => onEnd(signal ?? `code ${code}`));
    });
  };

  const onDeath = (outcome: string, ranMs: number) => {
    deaths = ranMs > stableMs ? 1 : deaths + 1;
    if (!wasReady && deaths >= hopelessStarts)
      return giveUp(`serverless-offline ended ${deaths} times before it was ready (${outcome})`);
    const delay = restartDelayMs(deaths);
    restart = setTimeout(() => {
      say(`  ! serverless-offline ended (${outcome}); starting it again`);
      start();
    }, delay);
  };

  start();
  return {
    markReady: () => {
      wasReady = true;
    },
    hopeless,
    stop: async (graceMs) => {
      isStopping = true;
      clearTimeout(restart);
      if (pid > 0) await endGroup(pid, { graceMs });
      await ended;
    },
    kill: () => {
      isStopping = true;
      if (pid > 0) signalGroup(pid, 'SIGKILL');
    },
  };
}

/** What the application started itself, such as a compiler. */
function killGroup(pid: number) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left.
  }
}

/** @param heapMb what its JavaScript objects may take */
export function offlineCommand(heapMb: number): [string, ...string[]] {
  return [
    process.execPath,
    `--max-old-space-size=${heapMb}`,
    path.join(rootDir, 'node_modules', 'serverless', 'bin', 'serverless.js'),
    'offline',
    'start',
  ];
}
