import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { kafkaEvent, sendRecord, testEvent } from '#tests/helpers/raw-records.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startProxyTo, type TcpProxy, throughProxy } from '#tools/lab/faults/tcp-proxy.ts';
import type { EmulatedFunction } from './emulated-function.ts';
import { httpAnswer, httpInvocation, singleRound } from './invocations.ts';
import { startPackaged } from './packaged-functions.ts';
import { asOperator, type DeployedStage, startStage } from './stage.ts';

const NAMES = ['createUser', 'getUser', 'updateUser', 'sendWelcomeEmail', 'relayOutbox'] as const;
/** MySQL closes our idle sessions after 60 s. */
const IDLE_LIMIT_MS = 100_000;

let stage: DeployedStage;
let redis: TcpProxy;
let server: Database;
let running: Record<string, EmulatedFunction>;
let id: string;

beforeAll(async () => {
  redis = await startProxyTo(process.env['REDIS_URL'] ?? '');
  stage = await startStage({ '/registration/prod/redis-url': throughProxy(process.env['REDIS_URL'] ?? '', redis) });
  server = createDatabase(process.env['USERS_DATABASE_URL'] ?? '', 1);
  const prepare = await startPackaged('prepareStage', stage.env);
  await prepare.invoke({});
  await prepare.stop();
  running = Object.fromEntries(
    await Promise.all(NAMES.map(async (name) => [name, await startPackaged(name, stage.env)] as const)),
  );
});

afterAll(async () => {
  await Promise.all(Object.values(running).map((one) => one.stop()));
  await server.destroy();
  await stage.stop();
  await redis.stop();
});

function of(name: (typeof NAMES)[number]): EmulatedFunction {
  const found = running[name];
  if (found === undefined) throw new Error(`${name} is not running`);
  return found;
}

async function create() {
  const body = { name: 'Ann', lastname: 'Lee', email: randomEmail(), password: 'right-password' };
  return httpAnswer(await of('createUser').invoke(httpInvocation('POST /api/users/', { body })));
}

async function useAll() {
  const path = { id };
  const event = testEvent();
  const topic = `${stage.env['TOPIC_PREFIX']}user.email.send`;
  const patch = { name: 'Eve', oldPassword: 'right-password' };
  const [created, got, changed] = [
    await create(),
    httpAnswer(await of('getUser').invoke(httpInvocation('GET /api/users/{id}', { path, headers: asOperator }))),
    httpAnswer(await of('updateUser').invoke(httpInvocation('PATCH /api/users/{id}', { path, body: patch }))),
  ];
  await of('sendWelcomeEmail').invoke(kafkaEvent([sendRecord(event, { topic })]));
  await of('relayOutbox').invoke(singleRound);
  return {
    statuses: [created, got, changed].map(({ statusCode }) => statusCode),
    mails: stage.mailServer.to(event.userEmail).length,
  };
}

async function openSessions(): Promise<number> {
  const databases = [stage.urls.users, stage.urls.notifications].map((url) => new URL(url).pathname.slice(1));
  const rows = await server('information_schema.processlist').whereIn('db', databases);
  return rows.length;
}

describe('functions frozen for longer than the idle timeouts of their servers', () => {
  it('answer their next call normally', async () => {
    id = String((await create()).json['id']);
    expect(await useAll()).toEqual({ statuses: [201, 200, 200], mails: 1 });
    expect(await openSessions()).toBeGreaterThanOrEqual(NAMES.length);

    for (const name of NAMES) of(name).freeze();
    // MySQL closes their sessions; the connections to Redis are dropped without a FIN or RST.
    redis.forget();
    await waitFor(async () => (await openSessions()) === 0, {
      timeoutMs: IDLE_LIMIT_MS,
      what: 'MySQL to close the sessions',
    });
    for (const name of NAMES) of(name).thaw();

    expect(await useAll()).toEqual({ statuses: [201, 200, 200], mails: 1 });
  }, 200_000);
});
