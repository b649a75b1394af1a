import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMailbox } from '#tests/helpers/mailbox.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { runApplication } from '#tests/helpers/run-application.ts';

const TOKEN = 'the-token-of-the-operators-of-a-container';
let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let running: Awaited<ReturnType<typeof runApplication>>;

beforeAll(async () => {
  mailbox = await startMailbox();
  running = await runApplication({
    smtpUrl: mailbox.smtpUrl,
    env: {
      STAGE: 'selfhosted',
      HOT_RELOAD: '0',
      OPERATOR_TOKEN: TOKEN,
      IDEMPOTENCY_SECRET: 'a-secret-of-this-test-alone',
      CACHE_PREFIX: undefined,
      DIAGNOSTICS: undefined,
    },
  });
});
afterAll(async () => {
  await running.stop();
  await mailbox.close();
});

function request(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${running.application.baseUrl}${path}`, { method, ...init });
}

describe('the application for strangers', () => {
  it.each([
    ['POST', '/tests/firenforget'],
    ['GET', '/tests/firenforget'],
    ['GET', '/tests/responsedata?id=1'],
    ['GET', '/tests/requestdata?id=1'],
  ])('does not serve the diagnostics: %s %s', async (method, path) => {
    const answer = await request(method, path, method === 'POST' ? { body: 'a line in the log' } : {});

    expect(answer.status).toBe(404);
  });

  it('describes no route that it does not serve', async () => {
    const document = await (await request('GET', '/openapi.json')).text();

    expect(document).toContain('/api/users/');
    expect(document).not.toContain('/tests/');
  });

  it.each([
    ['GET', '/api/users/'],
    ['GET', '/api/users/1'],
    ['DELETE', '/api/users/1'],
    ['GET', '/api/events'],
    ['GET', '/api/dead-letters'],
  ])('requires the token: %s %s', async (method, path) => {
    expect((await request(method, path)).status).toBe(401);
    expect((await request(method, path, { headers: { authorization: `Bearer ${TOKEN}` } })).status).not.toBe(401);
  });

  it('registers users', async () => {
    const user = { name: 'Ann', lastname: 'Lee', email: randomEmail(), password: 'long-enough-password' };
    const headers = { 'content-type': 'application/json' };

    expect((await request('POST', '/api/users/', { headers, body: JSON.stringify(user) })).status).toBe(201);
  });
});
