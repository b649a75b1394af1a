import { randomInt } from 'node:crypto';
import path from 'node:path';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { startProcess, waitUntilReady } from '#tools/local/process/managed-process.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { rootDir } from '#tools/paths.ts';
import { targetOf } from '../faults/target.ts';
import { startTcpProxy } from '../faults/tcp-proxy.ts';
import { callOnce } from '../load/http.ts';
import { databaseOn, type Query, withDatabase } from './database.ts';
import { descendantsOf, stopTree } from './processes.ts';
import { openRecords } from './records.ts';
import type { Servers } from './servers.ts';
import type { StartedSystem } from './system.ts';

/** The first start builds the application and creates the tables. */
const startLimitMs = 120_000;
/** The longest back-off of the supervisor, and the start of serverless-offline. */
const restartLimitMs = 45_000;

export interface OurOptions {
  servers: Servers;
  guard: Guard;
  /**
   * Names its databases, topics and consumer groups. A namespace that was used before still has its data; systems that run
   * at the same time in one namespace are replicas of each other.
   */
  namespace: string;
  /** names its logs and the sender of its mails; replicas need different ones */
  name?: string;
  /** number of its Redis database: keys are the same in every namespace */
  redisNumber?: number;
  /** one process per role instead of one for all */
  isSplit?: boolean;
  /** puts a proxy between it and its clients */
  isProxied?: boolean;
  env?: Readonly<Record<string, string | undefined>>;
  /** the program that runs it; default: this process's own */
  node?: string;
}

export interface OurSystem extends StartedSystem {
  usersDatabaseUrl: string;
  sentTopic: string;
  redisUrl: string;
  lambdaPort: number;
}

/** The supervisor's child that serves requests: what `npm start` calls the application. */
function serverlessBelow(starter: number) {
  return descendantsOf(starter)
    .filter(({ command }) => command.includes('serverless.js'))
    .map(({ pid }) => pid)
    .slice(0, 1);
}

/**
 * The databases of a namespace. On a server that others use they are removed at the end of the run.
 * @returns env: as the application reaches them; users: past the proxies
 */
function databasesOf({ urls, directUrls, victims, atStop }: Servers, namespace: string) {
  const names = { USERS_DATABASE_URL: `users_${namespace}`, NOTIFICATIONS_DATABASE_URL: `notifications_${namespace}` };
  const moved = Object.entries(names).map(([variable, name]) => [variable, databaseOn(urls[variable] ?? '', name)]);
  const given = directUrls['USERS_DATABASE_URL'] ?? '';
  const drop = async (query: Query) => {
    for (const name of Object.values(names)) await query('DROP DATABASE IF EXISTS ??', [name]);
  };
  if (victims.mysql.target === undefined) atStop(() => withDatabase(given, drop));
  return { env: Object.fromEntries(moved), users: databaseOn(given, names.USERS_DATABASE_URL) };
}

/** Redis may be shared with others, and knows users by their ids alone. */
async function useDistinctIds(url: string) {
  await withDatabase(url, (query) =>
    query('ALTER TABLE users AUTO_INCREMENT = ?', [randomInt(1_000, 1_000_000_000) * 100_000]),
  );
}

/** Starts the application as `npm start` does with every URL set, on ports of its own, and waits until it is ready. */
export async function startOurSystem(options: OurOptions): Promise<OurSystem> {
  const { servers, guard, namespace, name = `ours-${namespace}`, redisNumber, env = {} } = options;
  const { isProxied = false, isSplit = false, node = process.execPath } = options;
  const { dir, urls } = servers;
  const roles = isSplit ? (['api', 'consumer', 'scheduler'] as const) : (['all'] as const);
  const [front = 0, ...ports] = await freePorts(1 + 3 * roles.length);
  const prefix = `${namespace}-`;
  const databases = databasesOf(servers, namespace);
  const redisUrl = `${urls['REDIS_URL']}${redisNumber === undefined ? '' : `/${redisNumber}`}`;
  const sender = `${name}@registration.example`;
  const started = performance.now();
  const services = roles.map((role, index) => {
    const [http = 0, email = 0, lambda = 0] = ports.slice(3 * index);
    const logFile = path.join(dir, `${name}${isSplit ? `-${role}` : ''}.log`);
    const service = startProcess(
      {
        name: 'the application',
        file: node,
        args: runArguments('local/commands/start'),
        cwd: rootDir,
        env: {
          ...process.env,
          npm_lifecycle_event: undefined,
          LOG_LEVEL: undefined,
          ...urls,
          ...databases.env,
          REDIS_URL: redisUrl,
          HTTP_PORT: String(http),
          EMAIL_HTTP_PORT: String(email),
          LAMBDA_PORT: String(lambda),
          APP_LOG_FILE: logFile.replace(/\.log$/, '-kept.log'),
          MAIL_FROM: sender,
          TOPIC_PREFIX: prefix,
          GROUP_PREFIX: prefix,
          HOT_RELOAD: '0',
          ROLE: role,
          ...env,
        },
        logFile,
      },
      guard,
    );
    return { service, http, lambda, logFile };
  });
  const [{ http = 0, lambda = 0 } = {}] = services;
  const all = async (path: string, isFine: (answer: { status: number; text: string }) => boolean) => {
    const answers = services.map(({ http: port }) =>
      callOnce(`http://127.0.0.1:${port}`, { method: 'GET', path }, { limitMs: 5000 }),
    );
    return (await Promise.all(answers)).every(isFine);
  };
  const isUp = () => all('/health/ready', ({ status, text }) => status === 200 && JSON.parse(text).status === 'up');
  const treeOf = (pid: number) => [pid, ...descendantsOf(pid).map((descendant) => descendant.pid)];
  const pids = () => services.flatMap(({ service }) => treeOf(service.pid));
  const stopAll = () => Promise.all(services.map(({ service }) => stopTree(service, treeOf(service.pid))));
  const ready = services.map(({ service, logFile }) =>
    waitUntilReady(service, { isReady: isUp, timeoutMs: startLimitMs, logFile }),
  );
  await Promise.all(ready).catch(async (error) => {
    await stopAll();
    throw error;
  });
  const startMs = performance.now() - started;
  if (servers.victims.redis.target === undefined) await useDistinctIds(databases.users);
  const proxies = isProxied ? [await startTcpProxy({ host: '127.0.0.1', port: http }, undefined, { port: front })] : [];

  const awaitRestart = async () => {
    const isBack = () => all('/health/live', ({ status }) => status === 200);
    if (!(await waitFor(isBack, { timeoutMs: restartLimitMs, everyMs: 100 })))
      throw new Error('the supervisor did not restart the application');
  };
  const target = targetOf(() => services.flatMap(({ service }) => serverlessBelow(service.pid)), awaitRestart);
  const records = openRecords('ours', databases.users);
  return {
    name: 'ours',
    base: `http://127.0.0.1:${proxies[0]?.port ?? http}`,
    startMs,
    pids,
    sendTopic: `${prefix}user.email.send`,
    sentTopic: `${prefix}user.email.sent`,
    usersDatabaseUrl: databases.users,
    redisUrl,
    lambdaPort: lambda,
    victims: { app: { proxies, target, senders: [sender] } },
    identity: 'event',
    records,
    isUp,
    finishesEvents: true,
    patienceMs: Number.POSITIVE_INFINITY,
    stop: async () => {
      await records.close();
      await stopAll();
      await proxies[0]?.stop();
    },
  };
}
