import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { rootDir } from '#tools/paths.ts';

export interface Starter {
  child: ChildProcess;
  output(): string;
  exited: Promise<number | string>;
  /** The starter and all its descendants. */
  processes(): number[];
  api: string;
  secondApi: string;
}

/** The environment of one start: free ports, its own databases and topics, the servers of this test run. */
export async function starterEnv(overrides: Record<string, string | undefined> = {}): Promise<NodeJS.ProcessEnv> {
  const [http, email, lambda, smtp] = await freePorts(4);
  const id = randomBytes(4).toString('hex');
  const logs = mkdtempSync(path.join(tmpdir(), 'starter-'));
  onTestFinished(() => rmSync(logs, { recursive: true, force: true }));
  const database = (name: string) => {
    const url = new URL(process.env[`${name.toUpperCase()}_DATABASE_URL`] ?? '');
    url.pathname = `/starter_${id}_${name}`;
    return url.href;
  };
  return {
    ...process.env,
    USERS_DATABASE_URL: database('users'),
    NOTIFICATIONS_DATABASE_URL: database('notifications'),
    SMTP_URL: `smtp://127.0.0.1:${smtp}`,
    HTTP_PORT: `${http}`,
    EMAIL_HTTP_PORT: `${email}`,
    LAMBDA_PORT: `${lambda}`,
    TOPIC_PREFIX: `starter-${id}-`,
    GROUP_PREFIX: `starter-${id}-`,
    HOT_RELOAD: '0',
    APP_LOG_FILE: path.join(logs, 'app.log'),
    npm_lifecycle_event: undefined,
    ...overrides,
  };
}

/**
 * Runs `npm start` without npm.
 * @param options root: a copy of the repository
 */
export function runStarter(
  env: NodeJS.ProcessEnv,
  { root = rootDir, args = [] }: { root?: string; args?: readonly string[] } = {},
): Starter {
  const child = spawn(process.execPath, ['tools/bootstrap/run.mjs', 'local/commands/start', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
  });
  child.stderr.on('data', (data) => {
    text += data;
  });
  return {
    child,
    output: () => text,
    exited: new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))),
    processes: () => treeOf(child.pid ?? 0),
    api: `http://127.0.0.1:${env.HTTP_PORT}`,
    secondApi: `http://127.0.0.1:${env.EMAIL_HTTP_PORT}`,
  };
}

export async function until(what: string, ask: () => Promise<boolean> | boolean, timeoutMs = 40_000): Promise<void> {
  if (!(await waitFor(ask, { timeoutMs, everyMs: 50 }))) throw new Error(`not within ${timeoutMs} ms: ${what}`);
}

export async function answers(url: string): Promise<boolean> {
  return (await fetch(url, { headers: { connection: 'close' } })).ok;
}

/** Kills what a failed test left running. */
export function killAll(pids: number[]): void {
  for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL');
}

function treeOf(root: number): number[] {
  const parents = ps('-A', '-o', 'pid=,ppid=')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const walk = (pid: number): number[] => [
    pid,
    ...parents.filter(([, parent]) => parent === pid).flatMap(([child = 0]) => walk(child)),
  ];
  return walk(root);
}

/** The command line of a process; empty once it has ended. */
export function commandOf(pid: number): string {
  return ps('-ww', '-o', 'command=', '-p', `${pid}`);
}

/** Not every system has /proc. */
function ps(...args: string[]): string {
  return spawnSync('ps', args, { encoding: 'utf8' }).stdout.trim();
}
