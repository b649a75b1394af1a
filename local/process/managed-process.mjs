import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../cli/start-error.mjs';
import { waitFor } from '../cli/wait-for.mjs';
import { removePidFile, writePidFile } from './pid-file.mjs';
import { endGroup } from './signals.mjs';

/**
 * @typedef {object} Command
 * @property {string} name for messages and for the log file
 * @property {string} file
 * @property {string[]} args
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env]
 * @property {string} logFile
 * @property {string} [pidFile]
 *
 * @typedef {object} ManagedProcess
 * @property {string} name
 * @property {number} pid
 * @property {Promise<string>} exited exit code or signal, once it ended
 * @property {() => string | undefined} outcome the same, or undefined while it runs
 * @property {(graceMs?: number) => Promise<void>} stop
 */

/**
 * Starts a service in a process group of its own, so that a Ctrl-C in the terminal does not reach it before the application.
 * @param {Command} command
 * @param {import('./guard-client.mjs').Guard} guard
 * @returns {ManagedProcess}
 */
export function startProcess(command, guard) {
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
  /** @type {string | undefined} */
  let outcome;
  /** @type {Promise<string>} */
  const exited = new Promise((resolve) => {
    /** @param {string} text */
    const ended = (text) => {
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
    if (pidFile !== undefined) writePidFile(pidFile, { pid, command: [file, ...args].join(' ') });
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
 * @param {ManagedProcess} service
 * @param {{ isReady: () => Promise<boolean>, timeoutMs: number, logFile: string }} options
 * @throws {StartError} with the end of its log when it ended or did not answer
 */
export async function waitUntilReady(service, { isReady, timeoutMs, logFile }) {
  await waitFor(async () => service.outcome() !== undefined || (await isReady()), { timeoutMs });
  const outcome = service.outcome();
  if (outcome === undefined && (await isReady().catch(() => false))) return;
  const what = outcome === undefined ? `did not answer within ${timeoutMs / 1000} s` : `ended at once (${outcome})`;
  throw new StartError(
    `${service.name} ${what}; the end of ${path.relative(process.cwd(), logFile)}:\n${lastLines(logFile, 12)}`,
  );
}

/**
 * @param {string} file
 * @param {number} count
 */
function lastLines(file, count) {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}
