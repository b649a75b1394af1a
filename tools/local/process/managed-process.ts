import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../cli/start-error.ts';
import { waitFor } from '../cli/wait-for.ts';
import type { Guard } from './guard-client.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { endGroup } from './signals.ts';

export interface Command {
  /** For messages. */
  name: string;
  file: string;
  args: string[];
  cwd?: string;
  env?: Record<string, string | undefined>;
  logFile: string;
  pidFile?: string;
}

export interface ManagedProcess {
  name: string;
  pid: number;
  /** The exit code or signal, once the process has ended. */
  exited: Promise<string>;
  /** The same, or undefined while the process runs. */
  outcome: () => string | undefined;
  stop: (graceMs?: number) => Promise<void>;
}

/**
 * Starts a service in its own process group, so that Ctrl-C in the terminal does not end it before the application.
 */
export function startProcess(command: Command, guard: Guard): ManagedProcess {
  const { name, file, args, cwd, env, logFile, pidFile } = command;
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(file, args, {
    cwd,
    env: env ?? process.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const pid = child.pid ?? 0;
  let outcome: string | undefined;
  const exited: Promise<string> = new Promise((resolve) => {
    const ended = (text: string) => {
      outcome ??= text;
      if (pid > 0) guard.forget(pid);
      if (pidFile !== undefined) removePidFile(pidFile, pid);
      resolve(outcome);
    };
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) => ended(signal ?? `code ${code}`));
  });
  if (pid > 0) {
    guard.watch(pid);
    if (pidFile !== undefined) writePidFile(pidFile, pid);
  }
  return {
    name,
    pid,
    exited,
    outcome: () => outcome,
    stop: async (graceMs = 10_000) => {
      if (outcome !== undefined || pid === 0) return;
      await endGroup(pid, { graceMs });
      await exited;
    },
  };
}

/**
 * Waits until a service answers.
 * @throws {StartError} with the last lines of its log when it ended or did not answer in time
 */
export async function waitUntilReady(
  service: ManagedProcess,
  { isReady, timeoutMs, logFile }: { isReady: () => Promise<boolean>; timeoutMs: number; logFile: string },
) {
  await waitFor(async () => service.outcome() !== undefined || (await isReady()), { timeoutMs });
  const outcome = service.outcome();
  if (outcome === undefined && (await isReady().catch(() => false))) return;
  const what =
    outcome === undefined ? `did not answer within ${timeoutMs / 1000} s` : `ended before it was ready (${outcome})`;
  throw new StartError(
    `${service.name} ${what}. The last lines of ${path.relative(process.cwd(), logFile)}:\n${lastLines(logFile, 12)}`,
  );
}

function lastLines(file: string, count: number) {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}
