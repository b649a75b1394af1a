import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handler } from '#functions/system/probe.ts';
import { nowPlus } from '#shared/db/sql.ts';
import { userRepository } from '#shared/users/user-repository.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';

const DOMAIN = 'probe.test';

let users: TestDatabase;
/** The addresses that the probe registered. */
let registered: string[];
/** What the API does after it has stored the user. */
let answer: (response: ServerResponse) => unknown;

const api = createServer(async (request, response) => {
  const { email = '' } = Object(await json(request));
  registered.push(email);
  await add(email);
  answer(response);
});

beforeAll(async () => {
  users = await usersTestDatabase();
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const { port } = api.address() as AddressInfo;
  Object.assign(process.env, {
    USERS_DATABASE_URL: users.url,
    USERS_BASE_URL: `http://127.0.0.1:${port}`,
    PROBE_DOMAIN: DOMAIN,
  });
});
afterAll(async () => {
  await new Promise((resolve) => api.close(resolve));
  await users.drop();
});
beforeEach(async () => {
  registered = [];
  await users.db('users').delete();
});

async function add(email: string, ageSeconds = 0): Promise<void> {
  const id = await userRepository(users.db).insert({ name: 'Probe', lastname: 'Probe', email, passwordHash: '' });
  const past = nowPlus(users.db, -1000 * ageSeconds);
  await users.db('users').where({ id }).update({ created_at: past });
}

describe('a probe that fails', () => {
  it.each([
    ['is lost', (response: ServerResponse) => response.destroy(), /fetch failed/],
    ['is a refusal', (response: ServerResponse) => response.writeHead(503).end(), /answered with 503/],
  ])('erases its user when the answer %s', async (_, reaction, problem) => {
    answer = reaction;

    await expect(handler()).rejects.toThrow(problem);

    expect(registered).toEqual([expect.stringMatching(/^probe-[0-9a-f]{6}@probe\.test$/)]);
    expect(await users.db('users')).toEqual([]);
  });

  it('has erased the users that earlier runs left, and no others', async () => {
    answer = (response) => response.writeHead(503).end();
    await add(`probe-left@${DOMAIN}`, 120);
    await add(`probe-running@${DOMAIN}`, 30);
    await add('probe-of-somebody@b.io', 120);
    await add(`ann@${DOMAIN}`, 120);

    await expect(handler()).rejects.toThrow();

    expect(await users.db('users').orderBy('email').pluck('email')).toEqual([
      `ann@${DOMAIN}`,
      'probe-of-somebody@b.io',
      `probe-running@${DOMAIN}`,
    ]);
  });
});
