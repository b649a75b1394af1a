import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePorts } from '#tools/local/process/ports.ts';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from './databases.ts';
import { randomName } from './random.ts';
import { waitFor } from './wait-for.ts';

/** The addresses of a running application and its servers. */
export interface RunningApplication {
  readonly baseUrl: string;
  readonly emailUrl: string;
  readonly invokeUrl: string;
  readonly usersDatabaseUrl: string;
  readonly notificationsDatabaseUrl: string;
  readonly redisUrl: string;
  readonly brokers: string;
  readonly topicPrefix: string;
  readonly operatorToken: string;
  /** The output of npm start. */
  readonly logFile: string;
  /** The log file that npm run logs reads. */
  readonly keptLogFile: string;
}

export interface RunOptions {
  readonly smtpUrl: string;
  /** The repository, or a copy of it. */
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** More arguments of npm start. */
  readonly args?: readonly string[];
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;

/** Redis may be shared and identifies users by id alone: no two applications may use the same ids. */
function useIdsOfItsOwn({ db }: TestDatabase) {
  return db.raw('ALTER TABLE users AUTO_INCREMENT = ?', [randomInt(1_000, 1_000_000_000) * 100_000]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
}

/**
 * Starts the application as a user would, on new databases and topics, and waits until it is ready.
 * @throws with the end of its log if it does not start
 */
export async function runApplication({ smtpUrl, root = process.cwd(), env = {}, args = [] }: RunOptions) {
  const [users, notifications] = await Promise.all([usersTestDatabase(), notificationsTestDatabase()]);
  await useIdsOfItsOwn(users);
  const [httpPort, emailPort, lambdaPort] = await freePorts(3);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'registration-test-'));
  const application: RunningApplication = {
    baseUrl: `http://127.0.0.1:${httpPort}`,
    emailUrl: `http://127.0.0.1:${emailPort}`,
    invokeUrl: `http://127.0.0.1:${lambdaPort}`,
    usersDatabaseUrl: users.url,
    notificationsDatabaseUrl: notifications.url,
    redisUrl: process.env['REDIS_URL'] ?? '',
    brokers: process.env['KAFKA_BROKERS'] ?? '',
    topicPrefix: randomName('t-'),
    operatorToken: randomName('operator-'),
    logFile: path.join(folder, 'application.log'),
    keptLogFile: path.join(folder, 'kept', 'app.log'),
  };
  const child = spawn(process.execPath, ['tools/bootstrap/run.mjs', 'local/commands/start', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      USERS_DATABASE_URL: users.url,
      NOTIFICATIONS_DATABASE_URL: notifications.url,
      SMTP_URL: smtpUrl,
      HTTP_PORT: String(httpPort),
      EMAIL_HTTP_PORT: String(emailPort),
      LAMBDA_PORT: String(lambdaPort),
      TOPIC_PREFIX: application.topicPrefix,
      GROUP_PREFIX: application.topicPrefix,
      OPERATOR_TOKEN: application.operatorToken,
      APP_LOG_FILE: application.keptLogFile,
      ...env,
    },
  });
  const log = createWriteStream(application.logFile);
  child.stdout.pipe(log);
  child.stderr.pipe(log);

  const stop = async (): Promise<void> => {
    await end(child);
    await Promise.all([users.drop(), notifications.drop()]);
    rmSync(folder, { recursive: true, force: true });
  };

  const isReady = async (): Promise<boolean> => (await fetch(`${application.baseUrl}/health/ready`)).status === 200;
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`npm start ended with ${code}`);
  });
  try {
    await Promise.race([died, waitFor(isReady, { timeoutMs: START_LIMIT_MS, what: 'the application' })]);
  } catch (error) {
    console.error(readFileSync(application.logFile, 'utf8').slice(-5000));
    await stop();
    throw error;
  }
  died.catch(() => undefined);
  return { application, stop };
}
