import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUserHandler } from '#functions/users/create.ts';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { hashPassword } from '#shared/users/password-hash.ts';
import { registerOnce } from '#shared/users/register-once.ts';
import { registerUser } from '#shared/users/register-user.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';
import { publishedMessages } from '#tests/helpers/published.ts';
import { randomEmail } from '#tests/helpers/random.ts';

const CONCURRENCY = 2;
const QUEUE = 5;
process.env['PASSWORD_HASH_CONCURRENCY'] = String(CONCURRENCY);
process.env['PASSWORD_HASH_QUEUE'] = String(QUEUE);

let users: TestDatabase;
beforeAll(async () => {
  users = await usersTestDatabase();
});
afterAll(() => users.drop());

function signUpOn({ db }: TestDatabase) {
  const database = async () => db;
  const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 200 }, () => performance.now());
  const soon = publishSoon({ database, publish: publishedMessages().publish, breaker });
  const register = registerUser({ database, hashPassword, publishSoon: soon });
  const handler = createUserHandler(
    registerOnce({ database, register, secrets: async () => 'not used without a key' }),
    async () => async () => undefined,
  );
  return () => {
    const body = { name: 'Ann', lastname: 'Lee', email: randomEmail(), password: 'correct-horse-1' };
    return invoke(handler, httpEvent({ body: JSON.stringify(body) }));
  };
}

it('registrations beyond the password-hash queue get 503 at once and leave no data', async () => {
  const signUp = signUpOn(users);

  const answers = await Promise.all(Array.from({ length: 20 }, signUp));

  const refused = answers.filter(({ status }) => status === 503);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(CONCURRENCY + QUEUE);
  expect(refused).toHaveLength(20 - CONCURRENCY - QUEUE);
  expect(refused[0]).toMatchObject({ error: { code: 'OVERLOADED' }, headers: { 'retry-after': '1' } });
  expect(await users.db('users')).toHaveLength(CONCURRENCY + QUEUE);
  expect(await signUp()).toMatchObject({ status: 201 });
});
