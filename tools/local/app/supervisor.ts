import { spawn } from 'node:child_process';
import path from 'node:path';
import { backoffMs } from '#shared/async/waiting.ts';
import { rootDir } from '#tools/paths.ts';
import { say } from '../cli/progress.ts';
import type { Guard } from '../process/guard-client.ts';
import { endGroup, signalGroup } from '../process/signals.ts';

/** After this long the back-off between restarts begins anew. */
const stableMs = 60_000;
/** Between two starts. */
export const restartBackoff = { firstMs: 500, longestMs: 30_000 };
/** An application that dies this often before it is ready is given up. */
const mostFailedStarts = 5;

export interface Supervisor {
  /** From now on the application is restarted without limit. */
  markReady: () => void;
  /** Resolves with the reason when the application is given up. */
  givenUp: Promise<string>;
  stop: (graceMs: number) => Promise<void>;
  kill: () => void;
}

/** Runs serverless-offline and restarts it whenever it ends. */
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
  const givenUp: Promise<string> = new Promise((resolve) => {
    giveUp = resolve;
  });

  const start = () => {
    const startedAt = Date.now();
    // The handlers' output is structured: it is passed on unchanged.
    const child = spawn(file, args, { cwd: rootDir, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    pid = child.pid ?? 0;
    if (pid > 0) guard.watch(pid);
    ended = new Promise((resolve) => {
      const onEnd = (outcome: string) => {
        if (pid > 0) {
          guard.forget(pid);
          // Its own children, such as a compiler.
          signalGroup(pid, 'SIGKILL');
        }
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
    if (!wasReady && deaths >= mostFailedStarts)
      return giveUp(`serverless-offline ended ${deaths} times before it was ready (${outcome})`);
    restart = setTimeout(
      () => {
        say(`  ! serverless-offline ended (${outcome}); starting it again`);
        start();
      },
      backoffMs(restartBackoff, deaths),
    );
  };

  start();
  return {
    markReady: () => {
      wasReady = true;
    },
    givenUp,
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

/** A larger young generation than V8's default: a tenth less processor time per registration, and no more memory. */
const YOUNG_GENERATION = '--max-semi-space-size=32';

/**
 * @param heapMb the limit of its JavaScript heap
 * @param inspectPort where a debugger attaches; functions then have no time limit, because a breakpoint stops the clock of none
 */
export function offlineCommand(heapMb: number, inspectPort?: number): [string, ...string[]] {
  const serverless = path.join(rootDir, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const debug = inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`, '--enable-source-maps'];
  const noTimeout = inspectPort === undefined ? [] : ['--noTimeout'];
  const heap = `--max-old-space-size=${heapMb}`;
  return [process.execPath, heap, YOUNG_GENERATION, ...debug, serverless, 'offline', 'start', ...noTimeout];
}
