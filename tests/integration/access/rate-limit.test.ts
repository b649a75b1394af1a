import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUserHandler } from '#functions/users/create.ts';
import { updateUserHandler } from '#functions/users/update.ts';
import { createRedis } from '#shared/cache/redis.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { type RateLimit, rateLimiter } from '#shared/http/rate-limiter.ts';
import { limitPasswordChecks, limitSignUps } from '#shared/http/request-limits.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';
import { randomName } from '#tests/helpers/random.ts';
import { connectedRedis } from '#tests/helpers/redis.ts';
import { timed } from '#tests/helpers/unhandled.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

process.env['RATE_LIMIT_SIGN_UP_PER_IP'] = '7';
process.env['RATE_LIMIT_PASSWORD_PER_IP'] = '30';
process.env['RATE_LIMIT_PASSWORD_PER_USER'] = '5';

let redis: Redis;
beforeAll(async () => {
  redis = await connectedRedis();
});
afterAll(() => redis.disconnect());

let checks = 0;
const update = updateUserHandler(async () => {
  checks += 1;
  throw new AppError('INVALID_CREDENTIALS', 'The old password is not right.');
}, limitPasswordChecks);
const create = createUserHandler(async ({ name, lastname, email }) => ({ id: 1, name, lastname, email }), limitSignUps);

function request(sourceIp: string, id: string, body: object): APIGatewayProxyEventV2 {
  return httpEvent({
    body: JSON.stringify(body),
    pathParameters: { id },
    requestContext: { http: { method: 'PATCH', path: '/', sourceIp } },
  } as unknown as APIGatewayProxyEventV2);
}

function randomId(): string {
  return String(Math.floor(Math.random() * 1e15));
}
function guess(address: string, id: string) {
  return invoke(update, request(address, id, { name: 'x', oldPassword: 'guess' }));
}
function signUp(address: string) {
  return invoke(
    create,
    request(address, '', { name: 'A', lastname: 'L', email: 'a@b.io', password: 'correct-horse-1' }),
  );
}
function statuses(answers: ReadonlyArray<{ status: number }>): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('password checks', () => {
  it('stop after five guesses at one user, out of 50 concurrent ones from as many addresses', async () => {
    const id = randomId();
    checks = 0;

    const answers = await Promise.all(Array.from({ length: 50 }, () => guess(randomName('address-'), id)));

    expect(statuses(answers)).toEqual({ 400: 5, 429: 45 });
    expect(checks).toBe(5);
    for (const { status, headers, error } of answers) {
      if (status !== 429) continue;
      expect(error).toMatchObject({ error: 'Too many requests!', code: 'RATE_LIMITED' });
      expect(Number(headers['retry-after'])).toBeGreaterThan(290);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(300);
    }
  });

  it('stop after 30 guesses from one address, across all users', async () => {
    const address = randomName('address-');

    const answers = await Promise.all(Array.from({ length: 50 }, () => guess(address, randomId())));

    expect(statuses(answers)).toEqual({ 400: 30, 429: 20 });
  });

  it('of a client over its limit do not lock its victims out', async () => {
    const [address, victims] = [randomName('address-'), Array.from({ length: 10 }, randomId)];
    await Promise.all(Array.from({ length: 30 }, () => guess(address, randomId())));

    const flood = await Promise.all(victims.flatMap((id) => Array.from({ length: 10 }, () => guess(address, id))));
    const own = await Promise.all(victims.map((id) => guess(randomName('address-'), id)));

    expect(statuses(flood)).toEqual({ 429: 100 });
    expect(statuses(own)).toEqual({ 400: 10 });
  });

  it("that a user's limit refuses do not count against the client", async () => {
    const [address, id] = [randomName('address-'), randomId()];
    await Promise.all(Array.from({ length: 5 }, () => guess(randomName('address-'), id)));

    expect(statuses(await Promise.all(Array.from({ length: 40 }, () => guess(address, id))))).toEqual({ 429: 40 });
    expect(statuses(await Promise.all(Array.from({ length: 30 }, () => guess(address, randomId()))))).toEqual({
      400: 30,
    });
  });

  it('for other users do not count against a user', async () => {
    await Promise.all(Array.from({ length: 20 }, () => guess(randomName('address-'), randomId())));

    expect((await guess(randomName('address-'), randomId())).status).toBe(400);
  });
});

describe('sign-ups', () => {
  it('are limited to seven per address, counted separately for each address', async () => {
    const address = randomName('address-');

    expect(statuses(await Promise.all(Array.from({ length: 20 }, () => signUp(address))))).toEqual({ 201: 7, 429: 13 });
    expect((await signUp(randomName('address-'))).status).toBe(201);
  });

  it('that the limit of the mailbox refuses do not count', async () => {
    const address = randomName('address-');
    const refusing = createUserHandler(async () => {
      throw new AppError('RATE_LIMITED', 'Too many mails.');
    }, limitSignUps);
    const body = { name: 'A', lastname: 'L', email: 'a@b.io', password: 'correct-horse-1' };
    for (let count = 0; count < 10; count += 1) await invoke(refusing, request(address, '', body));

    expect(statuses(await Promise.all(Array.from({ length: 8 }, () => signUp(address))))).toEqual({ 201: 7, 429: 1 });
  });

  it('count only if they are valid', async () => {
    const address = randomName('address-');
    const wrong = Array.from({ length: 20 }, () => invoke(create, request(address, '', { name: '' })));

    expect(statuses(await Promise.all(wrong))).toEqual({ 400: 20 });
    expect((await signUp(address)).status).toBe(201);
  });
});

describe('the window', () => {
  const limitOf = (over: Partial<RateLimit> = {}): RateLimit => ({
    what: 'test',
    of: randomName(''),
    limit: 3,
    windowMs: 600,
    ...over,
  });
  const passes = async (limits: readonly RateLimit[], limitRate = rateLimiter(async () => redis)): Promise<boolean> =>
    limitRate(limits).then(
      () => true,
      () => false,
    );

  it('slides: a slot is free again as soon as its own time has passed', async () => {
    const limit = limitOf();
    const started = performance.now();
    for (let count = 0; count < 3; count += 1) expect(await passes([limit])).toBe(true);
    expect(await passes([limit])).toBe(false);

    await waitFor(() => passes([limit]), { what: 'a free place' });

    expect(performance.now() - started).toBeGreaterThan(590);
  });

  it('is not extended by rejected calls', async () => {
    const limit = limitOf({ limit: 1 });
    await passes([limit]);

    expect(await waitFor(() => passes([limit]), { timeoutMs: 2000, what: 'a free place' })).toBe(true);
  });

  it('leaves no key in Redis', async () => {
    const limit = limitOf({ windowMs: 100 });
    await passes([limit]);

    await waitFor(async () => (await redis.exists(`rate:{test:${limit.of}}`)) === 0, { what: 'an empty window' });
  });

  it('allows the call if its key holds a value of another type', async () => {
    const limit = limitOf();
    await redis.set(`rate:{test:${limit.of}}`, 'x', 'EX', 10);

    expect(await passes([limit])).toBe(true);
  });
});

describe('while Redis is down', () => {
  it('limits each process, and soon stops asking Redis', async () => {
    const down = createRedis('redis://127.0.0.1:1');
    down.on('error', () => undefined);
    let asked = 0;
    const limitRate = rateLimiter(async () => {
      asked += 1;
      return down;
    });
    const limit: RateLimit = { what: 'test', of: randomName(''), limit: 1, windowMs: 60_000 };

    const passed: string[] = [];
    const { answer, ms } = await timed(async () => {
      for (let count = 0; count < 50; count += 1) {
        await limitRate([limit]).then(
          () => passed.push('passed'),
          (error) => passed.push(error.code),
        );
      }
    });
    down.disconnect();

    expect(answer).toMatchObject({ status: 'fulfilled' });
    expect(passed).toEqual(['passed', ...Array(49).fill('RATE_LIMITED')]);
    expect(ms).toBeLessThan(1000);
    expect(asked).toBeLessThan(5);
  });
});
