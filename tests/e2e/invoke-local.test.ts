import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hash } from '@node-rs/argon2';
import { Redis } from 'ioredis';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { notificationsTestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { startMailServer } from '#tests/helpers/smtp-server.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';

interface HttpResult {
  readonly statusCode: number;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

interface Invoked {
  readonly code: number | null;
  readonly output: string;
}

const application = inject('application');
const [users, notifications, mail] = await Promise.all([
  usersTestDatabase(),
  notificationsTestDatabase(),
  startMailServer(),
]);
const redisUrl = new URL('/15', application.redisUrl).href;
const redis = new Redis(redisUrl);

/** The uuids in the samples: see events/README.md. */
function event(n: number): string {
  return `6f1c2f0e-5d5f-4c6e-9b0a-00000000000${n}`;
}
const PASSWORD = 'correct-horse-1';

const env = {
  ...process.env,
  USERS_DATABASE_URL: users.url,
  NOTIFICATIONS_DATABASE_URL: notifications.url,
  REDIS_URL: redisUrl,
  KAFKA_BROKERS: application.brokers,
  SMTP_URL: mail.url,
  USERS_BASE_URL: application.baseUrl,
  TOPIC_PREFIX: application.topicPrefix,
  OPERATOR_TOKEN: '',
};

const LIMIT_MS = 45_000;
const twoAtOnce = pLimit(2);
/** Vitest starts five concurrent tests, of which three wait. */
const options = { timeout: 4 * LIMIT_MS };
/** The probe registers at the running application, whose database it reads. */
const OF_THE_PROBE = { USERS_DATABASE_URL: application.usersDatabaseUrl, REDIS_URL: application.redisUrl };

const SLS = ['node_modules/serverless/bin/serverless.js', 'invoke', 'local'];
/** Invoked by `npm run invoke`, which builds first and finds the sample; the others by `sls invoke local`. */
const BY_NPM = ['createUser', 'getUser', 'sendWelcomeEmail'];

function commandFor(name: string): string[] {
  return BY_NPM.includes(name)
    ? runArguments('local/commands/invoke', name)
    : [...SLS, '--function', name, '--path', `events/${name}.json`];
}

function invoke(name: string): Promise<Invoked> {
  return twoAtOnce(
    () =>
      new Promise((resolve, reject) => {
        const ownEnv = name === 'probe' ? { ...env, ...OF_THE_PROBE } : env;
        const child = spawn(process.execPath, commandFor(name), { env: ownEnv, timeout: LIMIT_MS });
        let output = '';
        child.stdout.on('data', (chunk) => {
          output += chunk;
        });
        child.stderr.on('data', (chunk) => {
          output += chunk;
        });
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, output }));
      }),
  );
}

/** The function's result: the last object printed with an indent of four; a log line may follow it. */
function resultIn<Result = HttpResult>({ output }: Invoked): Result {
  const start = output.startsWith('{\n') && !output.includes('\n{\n') ? 0 : output.lastIndexOf('\n{\n') + 1;
  return JSON.parse(output.slice(start, output.indexOf('\n}', start) + 2));
}

function bodyOf({ body, isBase64Encoded }: HttpResult): string {
  return isBase64Encoded === true ? Buffer.from(body, 'base64').toString('utf8') : body;
}

function addUser(id: number, passwordHash: string) {
  const email = `user${id}@b.io`;
  const times = { created_at: users.db.raw('UTC_TIMESTAMP(3)'), updated_at: users.db.raw('UTC_TIMESTAMP(3)') };
  const row = { id, name: 'Ann', lastname: 'Lee', email, email_lower: email, password_hash: passwordHash, ...times };
  return users.db('users').insert(row);
}

function addDelivery(n: number) {
  const longAgo = notifications.db.raw('UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
  const times = { next_attempt_at: longAgo, event_added_at: longAgo, added_at: longAgo };
  const row = { uuid: event(n), user_email: 'due@b.io', status: 'PENDING', source_partition: 0, source_offset: n };
  return notifications.db('email_deliveries').insert({ ...row, ...times });
}

function addEvent(n: number, state: string, dueInSeconds = 3600) {
  return users.db('outbox_events').insert({
    uuid: event(n),
    user_email: 'ann.lee@example.com',
    event_state: state,
    topic: 'user.email.send',
    added_at: users.db.raw('UTC_TIMESTAMP(3)'),
    next_attempt_at:
      state === 'PROCESSING' ? users.db.raw('UTC_TIMESTAMP(3) + INTERVAL ? SECOND', [dueInSeconds]) : null,
  });
}

async function stateOf(n: number): Promise<string> {
  return (
    await users
      .db('outbox_events')
      .where({ uuid: event(n) })
      .first()
  ).event_state;
}

beforeAll(async () => {
  await redis.flushdb();
  const passwordHash = await hash(PASSWORD);
  for (const id of [1, 2, 3]) await addUser(id, passwordHash);
  await addEvent(1, 'FINISHED');
  await addEvent(2, 'FAILED');
  await addEvent(4, 'PROCESSING');
  await addEvent(5, 'PROCESSING');
  await addEvent(6, 'PROCESSING', -1);
  await addDelivery(7);
});

afterAll(async () => {
  await redis.flushdb();
  redis.disconnect();
  await Promise.all([users.drop(), notifications.drop(), mail.stop()]);
});

const functionKeys = Object.keys(parse(readFileSync('serverless.yml', 'utf8')).functions);
const samples = readdirSync('events').flatMap((file) => /^(\w+)\.json$/.exec(file)?.[1] ?? []);

const HTTP: ReadonlyArray<readonly [name: string, status: number, body: unknown]> = [
  ['createUser', 201, expect.stringContaining('"email":"ann.lee@example.com"')],
  ['listUsers', 200, expect.stringContaining('"sortDirection":"DESC"')],
  ['getUser', 200, '{"id":1,"name":"Ann","lastname":"Lee","email":"user1@b.io"}'],
  ['updateUser', 200, '{"id":2,"name":"Ann","lastname":"Poe","email":"user2@b.io"}'],
  ['removeUser', 204, undefined],
  ['listEvents', 200, expect.stringMatching(/^\{"content":\[.*"totalPages":\d+\}$/)],
  ['listDeadLetters', 200, expect.stringMatching(/^\{"content":\[.*"totalPages":\d+\}$/)],
  ['getEvent', 200, expect.stringContaining(`"uuid":"${event(1)}","eventState":"FINISHED"`)],
  ['retryEvent', 202, expect.stringContaining(`"uuid":"${event(2)}","eventState":"PROCESSING"`)],
  ['responseData', 200, 'Requested id: 7'],
  ['requestData', 200, 'Requested id: 7'],
  ['receiveMessage', 200, undefined],
  ['passMessageOn', 200, 'Sent!'],
  ['live', 200, '{"status":"up"}'],
  ['ready', 200, expect.stringMatching(/^\{"status":"up"/)],
  ['asyncapi', 200, expect.stringContaining('"asyncapi":"3.0.0"')],
  ['openapi', 200, expect.stringContaining('"openapi":"3.1.0"')],
  ['swaggerUi', 200, expect.stringContaining('<div id="swagger-ui">')],
  ['pipeline', 200, expect.stringContaining('"states":{"PROCESSING":{"count":')],
  ['deliveries', 200, expect.stringContaining('"states":{"PENDING":{"count":')],
  ['getDelivery', 404, expect.stringContaining('"code":"NOT_FOUND"')],
  ['consumers', 404, expect.stringContaining('"code":"NOT_FOUND"')],
  ['dashboard', 200, expect.stringContaining('<title>Registration: dashboard</title>')],
  ['home', 200, expect.stringContaining('"dashboard":"/dashboard"')],
  ['notFound', 404, expect.stringContaining('"code":"NOT_FOUND"')],
];

/** The effects of functions without an HTTP response. */
const OTHERS: ReadonlyArray<readonly [name: string, check: () => Promise<void>]> = [
  [
    'sendWelcomeEmail',
    async () => {
      expect(mail.to('ann.lee@example.com').map(({ raw }) => raw.includes(event(3)))).toContain(true);
      expect(await notifications.db('email_deliveries').where({ uuid: event(3) })).toMatchObject([{ status: 'SENT' }]);
    },
  ],
  ['confirmEmailSent', async () => expect(await stateOf(4)).toBe('FINISHED')],
  [
    'recordDeadLetter',
    async () => {
      expect(await stateOf(5)).toBe('FAILED');
      expect(await users.db('dead_letters')).toMatchObject([
        { event_uuid: event(5), reason: '550 5.1.1 no such user here', failure_condition: 'PermanentFailure' },
      ]);
    },
  ],
  [
    'deliverDue',
    async () => {
      expect(mail.to('due@b.io')).toHaveLength(1);
      expect(await notifications.db('email_deliveries').where({ uuid: event(7) })).toMatchObject([{ status: 'SENT' }]);
    },
  ],
  [
    'relayOutbox',
    async () => {
      const [row] = await users.db('outbox_events').where({ uuid: event(6) });
      expect(row).toMatchObject({ event_state: 'PROCESSING', attempts: 1, published_at: expect.any(Date) });
    },
  ],
];

/** The results that only API Gateway or a manual caller reads. */
const RESULTS: ReadonlyArray<readonly [name: string, result: unknown]> = [
  ['authorizer', { isAuthorized: true }],
  ['probe', { seconds: expect.any(Number) }],
  ['prepareStage', { done: expect.arrayContaining(['USERS_DATABASE_URL: tables are up to date']) }],
];

describe('the sample events', () => {
  it('exist for exactly the functions of serverless.yml', () => {
    expect([...samples].sort()).toEqual([...functionKeys].sort());
  });

  it('are all tested here', () => {
    expect([...HTTP, ...OTHERS, ...RESULTS].map(([name]) => name).sort()).toEqual([...functionKeys].sort());
  });

  it('are described in events/README.md', () => {
    const text = readFileSync('events/README.md', 'utf8');

    for (const key of functionKeys) expect(text).toContain(`\`${key}\``);
  });
});

describe.concurrent('sls invoke local', options, () => {
  it.each(HTTP)('%s returns %i', async (name, status, body) => {
    const invoked = await invoke(name);

    expect(invoked).toMatchObject({ code: 0 });
    const result = resultIn(invoked);
    expect(result.statusCode).toBe(status);
    if (body !== undefined) expect(bodyOf(result)).toEqual(body);
  });

  it.each(RESULTS)('%s returns %j', async (name, expected) => {
    const invoked = await invoke(name);

    expect(invoked).toMatchObject({ code: 0 });
    expect(resultIn(invoked)).toEqual(expected);
  });

  it.each(OTHERS)('%s has its effect', async (name, check) => {
    const invoked = await invoke(name);

    expect(invoked).toMatchObject({ code: 0 });
    await check();
  });
});
