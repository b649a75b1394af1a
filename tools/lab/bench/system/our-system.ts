import path from 'node:path';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { startProcess, waitUntilReady } from '#tools/local/process/managed-process.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { rootDir } from '#tools/paths.ts';
import { callOnce } from '../../chaos/http-client.ts';
import { descendantsOf } from '../../chaos/process-tree.ts';
import type { Servers } from './servers.ts';
import { stopTree } from './stop-tree.ts';
import type { OurSystem } from './system.ts';

/** The first start builds it and makes the tables. */
const startLimitMs = 120_000;

function withDatabase(url: string, database: string) {
  const moved = new URL(url);
  moved.pathname = `/${database}`;
  return moved.href;
}

/** Starts the application as `npm start` does on servers whose URLs are set, with databases and topics of its own. */
export async function startOurSystem({
  servers,
  guard,
  variant,
  redis,
  env = {},
}: {
  servers: Servers;
  guard: Guard;
  /** names its databases and topics; one that was used before finds its data again */
  variant: string;
  /** the number of its database there: keys are the same in all systems */
  redis: number;
  env?: Readonly<Record<string, string>>;
}): Promise<OurSystem> {
  const { dir, urls } = servers;
  const [http = 0, email = 0, lambda = 0] = await freePorts(3);
  const prefix = `${variant}-`;
  const usersDatabaseUrl = withDatabase(urls['USERS_DATABASE_URL'] ?? '', `users_${variant}`);
  const notificationsDatabaseUrl = withDatabase(urls['NOTIFICATIONS_DATABASE_URL'] ?? '', `notifications_${variant}`);
  const logFile = path.join(dir, `ours-${variant}.log`);
  const started = performance.now();
  const service = startProcess(
    {
      name: 'the application',
      file: process.execPath,
      args: runArguments('local/commands/start'),
      cwd: rootDir,
      env: {
        ...process.env,
        npm_lifecycle_event: undefined,
        LOG_LEVEL: undefined,
        ...urls,
        USERS_DATABASE_URL: usersDatabaseUrl,
        NOTIFICATIONS_DATABASE_URL: notificationsDatabaseUrl,
        REDIS_URL: `${urls['REDIS_URL']}/${redis}`,
        HTTP_PORT: String(http),
        EMAIL_HTTP_PORT: String(email),
        LAMBDA_PORT: String(lambda),
        APP_LOG_FILE: path.join(dir, `ours-${variant}-kept.log`),
        TOPIC_PREFIX: prefix,
        GROUP_PREFIX: prefix,
        HOT_RELOAD: '0',
        ...env,
      },
      logFile,
    },
    guard,
  );
  const base = `http://127.0.0.1:${http}`;
  const isReady = async () => {
    const { status, text } = await callOnce(base, { method: 'GET', path: '/health/ready', limitMs: 5000 });
    return status === 200 && JSON.parse(text).status === 'up';
  };
  await waitUntilReady(service, { isReady, timeoutMs: startLimitMs, logFile });
  const startMs = performance.now() - started;
  const pids = () => [service.pid, ...descendantsOf(service.pid).map(({ pid }) => pid)];
  return {
    name: 'ours',
    base,
    startMs,
    pids,
    sendTopic: `${prefix}user.email.send`,
    sentTopic: `${prefix}user.email.sent`,
    usersDatabaseUrl,
    notificationsDatabaseUrl,
    redisNumber: redis,
    lambdaPort: lambda,
    stop: () => stopTree(service, pids()),
  };
}
