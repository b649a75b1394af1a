import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { type RunningApplication, runApplication } from '#tests/helpers/run-application.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { startMailServer, type TestMailServer } from '#tests/helpers/smtp-server.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const started: Awaited<ReturnType<typeof runApplication>>[] = [];
let mail: TestMailServer;
let users: Database;
let api: RunningApplication;
let scheduler: RunningApplication;

/** Starts a process of one role; the first creates the databases and topics that the others use. */
async function start(role: string): Promise<RunningApplication> {
  const [first] = started;
  const shared = first && {
    USERS_DATABASE_URL: first.application.usersDatabaseUrl,
    NOTIFICATIONS_DATABASE_URL: first.application.notificationsDatabaseUrl,
    TOPIC_PREFIX: first.application.topicPrefix,
    GROUP_PREFIX: first.application.topicPrefix,
  };
  const running = await runApplication({ smtpUrl: mail.url, env: { ROLE: role, HOT_RELOAD: '0', ...shared } });
  started.push(running);
  return running.application;
}

beforeAll(async () => {
  mail = await startMailServer();
  api = await start('api');
  scheduler = await start('scheduler');
  users = createDatabase(api.usersDatabaseUrl, 1);
});

afterAll(async () => {
  await users.destroy();
  for (const { stop } of [...started].reverse()) await stop();
  await mail.stop();
});

async function register(email: string, { baseUrl }: RunningApplication): Promise<number> {
  const body = JSON.stringify({ name: 'Ann', lastname: 'Lee', email, password: 'right-password' });
  const headers = { 'content-type': 'application/json' };
  return (await sendRequest(baseUrl, { method: 'POST', path: '/api/users/', headers, body })).status;
}

async function stateOf(email: string): Promise<unknown> {
  return (await users('outbox_events').where({ user_email: email }).first())?.event_state;
}

describe('processes of one role each', () => {
  const [before, after] = [randomEmail(), randomEmail()];

  it('accept registrations without a consumer, which none of them is', async () => {
    expect(await register(before, api)).toBe(201);
    expect(await register(after, scheduler)).toBe(405);
    // The scheduler has relayed or seen the event once it is published.
    await waitFor(async () => (await users('outbox_events').whereNotNull('published_at').first()) !== undefined, {
      what: 'the publication',
    });
    expect(await stateOf(before)).toBe('PROCESSING');
    expect(mail.to(before)).toHaveLength(0);
  });

  it('finish them once consumers run, one mail each', async () => {
    const consumers = await Promise.all([start('consumer'), start('consumer')]);
    expect(await register(after, api)).toBe(201);

    await waitFor(async () => (await stateOf(before)) === 'FINISHED' && (await stateOf(after)) === 'FINISHED', {
      what: 'both confirmations',
      timeoutMs: 30_000,
    });
    expect([mail.to(before).length, mail.to(after).length]).toEqual([1, 1]);
    for (const { baseUrl } of consumers) {
      expect((await sendRequest(baseUrl, { method: 'GET', path: '/health/ready' })).status).toBe(200);
      expect((await sendRequest(baseUrl, { method: 'GET', path: '/api/users/' })).status).toBe(405);
    }
  });
});
