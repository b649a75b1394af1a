import { execFile, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';

const TOKEN = 'the-token-of-the-operators-of-the-tests';
const HASHED = `sha256:${createHash('sha256').update(TOKEN).digest('hex')}`;

type Access = 'open' | 'operators' | 'operators when deployed';
type Route = readonly [route: string, file: string, access: Access];

/** Every route of the API and its audience. An open route needs no token in any stage. */
const ROUTES: readonly Route[] = [
  ['POST /api/users/', 'users/create', 'open'],
  ['PATCH /api/users/{id}', 'users/update', 'open'],
  ['GET /api/users/', 'users/list', 'operators when deployed'],
  ['GET /api/users/{id}', 'users/get', 'operators when deployed'],
  ['DELETE /api/users/{id}', 'users/remove', 'operators when deployed'],
  ['GET /api/events', 'outbox/list-events', 'operators'],
  ['GET /api/events/{uuid}', 'outbox/get-event', 'operators'],
  ['POST /api/events/{uuid}/retry', 'outbox/retry-event', 'operators'],
  ['GET /api/dead-letters', 'outbox/list-dead-letters', 'operators'],
  ['GET /api/pipeline', 'outbox/pipeline', 'operators'],
  ['GET /api/deliveries', 'notifications/deliveries', 'operators'],
  ['GET /api/deliveries/{uuid}', 'notifications/get-delivery', 'operators'],
  ['GET /api/consumers', 'system/consumers', 'operators'],
  ['GET /', 'system/home', 'open'],
  ['GET /dashboard', 'system/dashboard', 'open'],
  ['GET /tests/responsedata', 'diagnostics/response-data', 'open'],
  ['GET /health/live', 'system/live', 'open'],
  ['GET /openapi.json', 'system/openapi', 'open'],
  ['GET /asyncapi.json', 'system/asyncapi', 'open'],
  ['GET /swagger-ui/{file}', 'system/swagger-ui', 'open'],
  ['the authorizer', 'system/authorizer', 'operators'],
];

const CREDENTIALS = {
  'no token': undefined,
  'a wrong token': 'Bearer another-token-of-nobody',
  'the hash of the token': `Bearer ${HASHED}`,
  'the right token': `Bearer ${TOKEN}`,
} as const;
type Credential = keyof typeof CREDENTIALS;
const CREDENTIAL_NAMES = Object.keys(CREDENTIALS) as Credential[];

interface Stage {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether a route requires the token in this stage. */
  guards(access: Access): boolean;
}

const STAGES: readonly Stage[] = [
  { name: 'local without a token', env: { STAGE: 'local' }, guards: () => false },
  {
    name: 'local with a token',
    env: { STAGE: 'local', OPERATOR_TOKEN: TOKEN },
    guards: (access) => access === 'operators',
  },
  {
    name: 'selfhosted',
    env: { STAGE: 'selfhosted', OPERATOR_TOKEN: HASHED, IDEMPOTENCY_SECRET: 'a-secret-of-the-tests' },
    guards: (access) => access !== 'open',
  },
  { name: 'prod', env: { STAGE: 'prod', OPERATOR_TOKEN: HASHED }, guards: (access) => access !== 'open' },
  {
    name: 'prod while the token is replaced',
    env: { STAGE: 'prod', OPERATOR_TOKEN: `the-next-token-of-the-operators-of-the-tests,${HASHED}` },
    guards: (access) => access !== 'open',
  },
];

let users: TestDatabase;
let notifications: TestDatabase;
beforeAll(async () => {
  [users, notifications] = await Promise.all([usersTestDatabase(), notificationsTestDatabase()]);
});
afterAll(() => Promise.all([users.drop(), notifications.drop()]));

function eventOf(route: string, authorization: string | undefined) {
  return {
    version: '2.0',
    routeKey: route,
    rawPath: '/',
    rawQueryString: '',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    },
    body: '{}',
    isBase64Encoded: false,
    pathParameters: { id: '999999999999999', uuid: randomUUID(), file: 'index.html' },
    queryStringParameters: route.includes('/tests/') ? { id: '1' } : null,
    requestContext: { http: { method: route.split(' ')[0], path: '/', sourceIp: '192.0.2.1' } },
  };
}

/** The status of every route with every credential, in a process of that stage. */
async function statusesIn(env: Stage['env']): Promise<readonly number[]> {
  const calls = ROUTES.flatMap(([route, file]) =>
    CREDENTIAL_NAMES.map((name) => ({
      file: `dist/functions/${file}.js`,
      event: eventOf(route, CREDENTIALS[name]),
    })),
  );
  const { OPERATOR_TOKEN: _token, ...inherited } = process.env;
  const child = spawn(process.execPath, ['tests/fixtures/invoke-built.mjs'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...inherited,
      DATABASE_TLS: 'off',
      USERS_DATABASE_URL: users.url,
      NOTIFICATIONS_DATABASE_URL: notifications.url,
      ...env,
    },
  });
  child.stdin.end(JSON.stringify(calls));
  const printed = await text(child.stdout);
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}

describe.each(STAGES)('in the stage $name', ({ env, guards }) => {
  const answers = new Map<string, number>();
  beforeAll(async () => {
    const statuses = [...(await statusesIn(env))];
    for (const [route] of ROUTES) {
      for (const credential of CREDENTIAL_NAMES) answers.set(`${route} ${credential}`, statuses.shift() ?? 0);
    }
  });

  const cells = ROUTES.flatMap(([route, , access]) =>
    CREDENTIAL_NAMES.map((credential) => ({
      route,
      credential,
      isIn: credential === 'the right token' || !guards(access),
    })),
  );

  it.each(cells)('$route with $credential: allowed $isIn', ({ route, credential, isIn }) => {
    const status = answers.get(`${route} ${credential}`) ?? 0;

    if (isIn) expect([200, 202, 204, 400, 404, 409]).toContain(status);
    else expect(status).toBe(401);
  });
});

describe('serverless.yml', () => {
  interface Definition {
    readonly handler: string;
    readonly operatorOnly?: boolean;
    readonly events?: ReadonlyArray<Readonly<Record<string, unknown>>>;
  }
  const functions: Readonly<Record<string, Definition>> = parse(readFileSync('serverless.yml', 'utf8')).functions;
  const routed = Object.values(functions).filter(({ events = [] }) => events.some((event) => 'httpApi' in event));
  const OPEN_AND_WITHOUT_DATA = [
    'system/ready',
    'system/not-found',
    'diagnostics/request-data',
    'diagnostics/receive-message',
    'diagnostics/pass-message-on',
  ];

  it('has no route that is missing from this table', () => {
    const known = [...ROUTES.map(([, file]) => file), ...OPEN_AND_WITHOUT_DATA];
    const served = routed.map(({ handler }) => handler.replace(/^dist\/functions\/|\.handler$/g, ''));

    expect(served.filter((file) => !known.includes(file))).toEqual([]);
  });

  it('puts the authorizer before exactly the routes that require a token when deployed', () => {
    const guarded = ROUTES.filter(([route, , access]) => access !== 'open' && route !== 'the authorizer');

    expect(
      routed
        .filter(({ operatorOnly }) => operatorOnly === true)
        .map(({ handler }) => handler.replace(/^dist\/functions\/|\.handler$/g, ''))
        .sort(),
    ).toEqual(guarded.map(([, file]) => file).sort());
  });
});

describe('a function in Lambda', () => {
  const live = [{ file: 'dist/functions/system/live.js', event: eventOf('GET /health/live', undefined) }];
  const start = (env: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const { STAGE: _stage, ...inherited } = process.env;
      const options = { env: { ...inherited, AWS_LAMBDA_FUNCTION_NAME: 'live', ...env } };
      const child = execFile(process.execPath, ['tests/fixtures/invoke-built.mjs'], options, (_error, out, failure) =>
        resolve(`${out}${failure}`),
      );
      child.stdin?.end(JSON.stringify(live));
    });

  it.each([
    [{}, 'STAGE is not set'],
    [{ STAGE: '' }, 'STAGE is not set'],
    [{ STAGE: 'local' }, 'STAGE is local'],
    [{ STAGE: 'selfhosted' }, 'STAGE is selfhosted'],
  ])('does not start with %o', async (env, problem) => {
    expect(await start(env)).toContain(`ConfigError: ${problem}`);
  });

  it.each([{ STAGE: 'prod' }, { IS_OFFLINE: 'true' }, { IS_LOCAL: 'true' }])('starts with %o', async (env) => {
    expect((await start(env)).trim()).toBe('[200]');
  });
});

describe('outside the local stage without a configured token', () => {
  it('no operator route is accessible', async () => {
    const statuses = await statusesIn({ STAGE: 'prod' });
    const guarded = ROUTES.flatMap(([, , access]) => CREDENTIAL_NAMES.map(() => access !== 'open'));

    const answered = statuses.filter((_status, index) => guarded[index]);
    expect(answered.every((status) => status === 500 || status === 401)).toBe(true);
  });
});
