import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import { rootDir } from '#tools/paths.ts';
import { startTcpProxy } from '../faults/tcp-proxy.ts';
import type { Backing } from './backing.ts';
import { boundedLog } from './bounded-log.ts';
import { type Answer, callOnce } from './http-client.ts';
import { openPool, ourRecords } from './our-records.ts';
import { descendantsOf } from './process-tree.ts';
import type { System } from './system.ts';
import { signalsFor } from './target.ts';

const startLimitMs = 90_000;
/** The longest that serverless-offline is left down by its supervisor, and what a start takes. */
const restartLimitMs = 45_000;

export interface SystemOptions {
  backing: Backing;
  guard: Guard;
  dir: string;
  env?: Record<string, string>;
}

/** The supervisor's child that serves requests: what `npm start` calls the application. */
function serverlessBelow(starter: number) {
  return descendantsOf(starter)
    .filter(({ command }) => command.includes('serverless.js'))
    .map(({ pid }) => pid)
    .slice(0, 1);
}

/** Whether an answer of /health/ready says that every dependency is up. */
function saysUp({ status, text }: Answer) {
  return status === 200 && JSON.parse(text).status === 'up';
}

/** Redis may be shared with others, and knows users by id alone. */
async function useIdsOfItsOwn(url: string) {
  const pool = openPool(url);
  await pool.query('ALTER TABLE users AUTO_INCREMENT = ?', [randomInt(1_000, 1_000_000_000) * 100_000]);
  await pool.end();
}

/** Starts the application as a user does, with every URL leading through a proxy, and waits until it is ready. */
export async function startOurSystem({ backing, guard, dir, env = {} }: SystemOptions): Promise<System> {
  const [http = 0, email = 0, lambda = 0, front = 0] = await freePorts(4);
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: http }, undefined, { port: front });
  const direct = `http://127.0.0.1:${http}`;
  const prefix = `chaos-${randomBytes(4).toString('hex')}-`;
  const child = spawn(process.execPath, runArguments('local/commands/start'), {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: {
      ...process.env,
      npm_lifecycle_event: undefined,
      ...backing.urls,
      HTTP_PORT: String(http),
      EMAIL_HTTP_PORT: String(email),
      LAMBDA_PORT: String(lambda),
      TOPIC_PREFIX: prefix,
      GROUP_PREFIX: prefix,
      HOT_RELOAD: '0',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'WARN',
      ...env,
    },
  });
  const starter = child.pid ?? 0;
  guard.watch(starter);
  const log = boundedLog(`${dir}/application.log`);
  child.stdout.on('data', log);
  child.stderr.on('data', log);
  let ended = '';
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => {
    guard.forget(starter);
    ended = signal ?? `code ${code}`;
  });

  const get = (path: string) => callOnce(direct, { method: 'GET', path, limitMs: 5000 });
  const isUp = async () => saysUp(await get('/health/ready'));
  const stop = async () => {
    for (const pid of [starter, ...serverlessBelow(starter)]) signalGroup(pid, 'SIGKILL');
    await proxy.stop();
  };
  await waitFor(async () => ended !== '' || (await isUp()), { timeoutMs: startLimitMs, everyMs: 200 });
  if (ended !== '' || !(await isUp())) {
    await stop();
    throw new Error(`the application did not start (${ended}); see ${dir}/application.log`);
  }
  const usersUrl = backing.directUrls['USERS_DATABASE_URL'] ?? '';
  if (backing.victims.redis.target === undefined) await useIdsOfItsOwn(usersUrl);

  const start = async () => {
    const isBack = async () => (await get('/health/live')).status === 200;
    if (!(await waitFor(isBack, { timeoutMs: restartLimitMs, everyMs: 100 })))
      throw new Error('the supervisor did not bring the application back');
  };
  const target = { ...signalsFor(() => serverlessBelow(starter)), start };
  const records = ourRecords(usersUrl);
  return {
    name: 'this system',
    base: `http://127.0.0.1:${proxy.port}`,
    victims: { ...backing.victims, app: { proxies: [proxy], target } },
    identity: 'event',
    records,
    journal: backing.journal,
    isUp,
    finishesEvents: true,
    patienceMs: Number.POSITIVE_INFINITY,
    brokers: backing.urls['KAFKA_BROKERS'] ?? '',
    sendTopic: `${prefix}user.email.send`,
    stop: async () => {
      await records.close();
      await stop();
    },
  };
}
