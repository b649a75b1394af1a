import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { notificationsTestDatabase, usersTestDatabase } from './databases.ts';
import { randomName } from './random.ts';
import requireServers from './require-servers.ts';
import { startMailServer, type TestMailServer } from './smtp-server.ts';
import { waitFor } from './wait-for.ts';

/** Where the running application and what it uses are found. */
export interface Application {
  readonly baseUrl: string;
  readonly emailUrl: string;
  /** GET ?to=<address>: the raw mails that arrived there, as JSON. */
  readonly mailsUrl: string;
  readonly usersDatabaseUrl: string;
  readonly notificationsDatabaseUrl: string;
  readonly redisUrl: string;
  readonly brokers: string;
  readonly topicPrefix: string;
  readonly operatorToken: string;
  readonly logFile: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    application: Application;
  }
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Recipients say themselves how they want to be treated: `bounce…` is refused for good, `greylist…` the first two times. */
const misbehave = (mail: TestMailServer): void => {
  const seen = new Map<string, number>();
  mail.refuse((recipient) => {
    if (recipient.startsWith('bounce')) return { code: 550, message: '5.1.1 no such user here' };
    if (!recipient.startsWith('greylist')) return undefined;
    const times = (seen.get(recipient) ?? 0) + 1;
    seen.set(recipient, times);
    return times <= 2 ? { code: 451, message: '4.7.1 come back later' } : undefined;
  });
};

const serveMails = async (mail: TestMailServer): Promise<http.Server> => {
  const server = http.createServer((request, response) => {
    const to = new URL(request.url ?? '/', 'http://mails').searchParams.get('to') ?? '';
    response.setHeader('content-type', 'application/json').end(JSON.stringify(mail.to(to).map(({ raw }) => raw)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
};

/** Starts the application once for all system tests, as a user would, on databases and topics of its own. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  requireServers();
  const [users, notifications, mail] = await Promise.all([
    usersTestDatabase(),
    notificationsTestDatabase(),
    startMailServer(),
  ]);
  misbehave(mail);
  const mails = await serveMails(mail);
  const [httpPort, emailPort, lambdaPort] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'registration-test-'));
  const application: Application = {
    baseUrl: `http://127.0.0.1:${httpPort}`,
    emailUrl: `http://127.0.0.1:${emailPort}`,
    mailsUrl: `http://127.0.0.1:${(mails.address() as AddressInfo).port}/`,
    usersDatabaseUrl: users.url,
    notificationsDatabaseUrl: notifications.url,
    redisUrl: process.env['REDIS_URL'] ?? '',
    brokers: process.env['KAFKA_BROKERS'] ?? '',
    topicPrefix: randomName('t-'),
    operatorToken: randomName('operator-'),
    logFile: path.join(folder, 'application.log'),
  };
  const child = spawn(process.execPath, ['local/start.mjs'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      USERS_DATABASE_URL: users.url,
      NOTIFICATIONS_DATABASE_URL: notifications.url,
      SMTP_URL: mail.url,
      HTTP_PORT: String(httpPort),
      EMAIL_HTTP_PORT: String(emailPort),
      LAMBDA_PORT: String(lambdaPort),
      TOPIC_PREFIX: application.topicPrefix,
      GROUP_PREFIX: application.topicPrefix,
      OPERATOR_TOKEN: application.operatorToken,
    },
  });
  const log = createWriteStream(application.logFile);
  child.stdout.pipe(log);
  child.stderr.pipe(log);

  const end = async (): Promise<void> => {
    await stop(child);
    mails.close();
    await mail.stop();
    await Promise.all([users.drop(), notifications.drop()]);
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
        return (await fetch(`${application.baseUrl}/health/ready`)).status === 200;
      },
      { timeoutMs: START_LIMIT_MS, what: 'the application' },
    );
  } catch (error) {
    console.error(readFileSync(application.logFile, 'utf8').slice(-5000));
    await end();
    throw error;
  }
  project.provide('application', application);
  return end;
};
