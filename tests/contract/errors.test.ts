import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { randomName } from '#tests/helpers/random.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { ABSENT_ID, registered, userPath } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

interface Problem {
  readonly time: string;
  readonly traceId: string;
}

const { baseUrl } = inject('application');
const absent = `/api/users/${ABSENT_ID}`;
async function traceIdFor(traceparent: string | string[]) {
  return (await call<Problem>('GET', absent, { headers: { traceparent } })).body.traceId;
}

describe('an error', () => {
  it('has the format of the contract', async () => {
    const before = Date.now();

    const answer = await call<Problem>('GET', absent);

    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toEqual({
      error: 'Not found!',
      message: 'User with this id does not exists!',
      time: expect.any(String),
      status: 404,
      code: 'NOT_FOUND',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(Date.parse(answer.body.time)).toBeGreaterThanOrEqual(before - 1000);
    expect(Date.parse(answer.body.time)).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it("has the caller's trace id", async () => {
    const traceId = randomName('').padEnd(32, '0');

    expect(await traceIdFor(`00-${traceId}-00f067aa0ba902b7-01`)).toBe(traceId);
    expect(await traceIdFor(`00-${traceId.toUpperCase()}-00f067aa0ba902b7-00`)).toBe(traceId);
    await waitFor(() => readFileSync(inject('application').logFile, 'utf8').includes(traceId), {
      what: 'the log line',
    });
  });

  it.each([
    ['of another version', '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['too short', '00-4bf92f3577b34da6-00f067aa0ba902b7-01'],
    ['of other letters', '00-zbf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['empty', ''],
  ])('has a new trace id when the given one is %s', async (_what, traceparent) => {
    const traceId = await traceIdFor(traceparent);

    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceparent).not.toContain(traceId);
  });

  it('never repeats a generated trace id', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => call<Problem>('GET', absent)));

    expect(new Set(ids.map(({ body }) => body.traceId)).size).toBe(10);
  });

  it('reveals nothing about its cause', async () => {
    const answers = await Promise.all([
      call('GET', '/api/users/%zz'),
      call('GET', '/api/users/abc'),
      call('POST', '/api/users/', { body: '{', headers: { 'content-type': 'application/json' } }),
      call('GET', '/api/users/?sortBy=password_hash'.replace('password_hash', 'secret')),
      call('GET', '/nothing'),
    ]);

    for (const { text } of answers) {
      expect(text).not.toMatch(/\bat [\w.$<>]+ ?\(|node_modules|\.(ts|js|mjs):\d|ECONN|select |serverless|hapi/i);
    }
  });
});

describe('an unknown route', () => {
  it.each([
    ['GET', '/nothing'],
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/users/1/2'],
    ['GET', '/api//users/'],
    ['GET', '/API/users/'],
    ['GET', '/.env'],
    ['GET', '/health'],
    ['GET', '/swagger-ui/../../package.json'],
    ['GET', '/2015-03-31/functions/registration-local-live/invocations'],
    ['POST', '/api/nothing'],
    ['OPTIONS', '/nothing'],
  ])('%s %s returns 404', async (method, path) => {
    expect(await call(method, path)).toMatchObject({ status: 404, body: { error: 'Not found!', code: 'NOT_FOUND' } });
  });

  it.each([
    ['POST', '/', 'GET'],
    ['POST', '/health/live', 'GET'],
    ['PUT', '/api/users/1', 'GET, PATCH, DELETE'],
    ['POST', '/api/users/1', 'GET, PATCH, DELETE'],
    ['PATCH', '/api/users/', 'POST, GET'],
    ['PATCH', '/api/users', 'POST, GET'],
    ['OPTIONS', '/api/users/1', 'GET, PATCH, DELETE'],
    ['PROPFIND', '/api/users/1', 'GET, PATCH, DELETE'],
    ['DELETE', '/api/events', 'GET'],
    ['POST', '/api/dead-letters', 'GET'],
  ])('%s %s returns 405 with Allow: %s', async (method, path, allow) => {
    const answer = await call(method, path);

    expect(answer).toMatchObject({ status: 405, body: { error: 'Method not allowed!', code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.allow).toBe(allow);
  });

  it('returns no CORS permission to a preflight', async () => {
    const headers = { origin: 'http://example.org', 'access-control-request-method': 'POST' };

    const preflight = await sendRequest(baseUrl, { method: 'OPTIONS', path: '/api/users/', headers });
    const plain = await sendRequest(baseUrl, { method: 'GET', path: '/api/users/', headers });

    expect([preflight.status, plain.status]).toEqual([403, 403]);
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
    expect(plain.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('an oversized request', () => {
  it('is rejected: URL', async () => {
    const answer = await call('GET', `/api/users/?x=${'y'.repeat(8192)}`);

    expect(answer).toMatchObject({ status: 414, body: { code: 'URI_TOO_LONG' } });
  });

  it('is rejected: headers', async () => {
    const answer = await call('GET', '/api/users/', { headers: { 'x-long': 'y'.repeat(10_240) } });

    expect(answer).toMatchObject({ status: 431, body: { code: 'HEADERS_TOO_LARGE' } });
  });
});

describe('every response', () => {
  it.each([
    ['GET', '/health/live', 200],
    ['GET', absent, 404],
    ['GET', '/api/users/%zz', 400],
    ['GET', '/nothing', 404],
    ['PUT', '/api/users/1', 405],
    ['POST', '/api/users/', 415],
  ])('is inert in a browser: %s %s', async (method, path, status) => {
    const answer = await call(method, path);

    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
  });

  it('allows a page to load its own files only', async () => {
    const { headers } = await call('GET', '/swagger-ui/index.html');

    expect(headers['content-security-policy']).toMatch(/^default-src 'self';.*frame-ancestors 'none'$/);
    expect(headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src|\*/);
  });
});

describe('the server', () => {
  it('survives a long query and many concurrent calls', async () => {
    const user = await registered();

    const long = await call('GET', `/api/users/?x=${'y'.repeat(8000)}`);
    const many = await Promise.all(Array.from({ length: 50 }, () => call('GET', userPath(user))));

    expect(long.status).toBe(200);
    expect(many.every(({ status }) => status === 200)).toBe(true);
  });

  it('does not reveal its software', async () => {
    const { headers } = await call('GET', '/health/live');

    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});
