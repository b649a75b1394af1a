import { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { SECRETS } from '#tests/helpers/secret-marks.ts';
import { ABSENT_ID, patch, registered, userPath } from '#tests/helpers/users.ts';

const redis = new Redis(inject('application').redisUrl);
afterAll(() => redis.disconnect());

const TTL_SECONDS = 30 * 60;
function keyOf({ id }: { id: number }): string {
  return `user:${id}`;
}

async function cached() {
  const { password, ...user } = await registered();
  await call('GET', userPath(user));
  return { user, password };
}

describe('the cache of users', () => {
  it('is filled by a read, for half an hour, with public fields only', async () => {
    const { user } = await cached();

    const raw = (await redis.get(keyOf(user))) ?? '';

    expect(JSON.parse(raw)).toMatchObject({ value: user, version: 1 });
    expect(Object.keys(JSON.parse(raw).value).sort()).toEqual(['email', 'id', 'lastname', 'name']);
    expect(raw).not.toMatch(SECRETS);
    const ttl = await redis.ttl(keyOf(user));
    expect(ttl).toBeGreaterThan(TTL_SECONDS - 20);
    expect(ttl).toBeLessThanOrEqual(TTL_SECONDS);
  });

  it('is not filled by a registration or a list', async () => {
    const user = await registered();
    await call('GET', '/api/users/?sortBy=id&sortDirection=DESC');

    expect(await redis.exists(keyOf(user))).toBe(0);
  });

  it('is not filled for a missing user', async () => {
    await call('GET', `/api/users/${ABSENT_ID}`);

    expect(await redis.exists(`user:${ABSENT_ID}`)).toBe(0);
  });

  it("extends an entry's life with every read", async () => {
    const { user } = await cached();
    await redis.expire(keyOf(user), 100);

    await call('GET', userPath(user));

    expect(await redis.ttl(keyOf(user))).toBeGreaterThan(TTL_SECONDS - 20);
  });

  it('serves reads', async () => {
    const { user } = await cached();
    const entry = JSON.parse((await redis.get(keyOf(user))) ?? '');
    await redis.set(keyOf(user), JSON.stringify({ ...entry, value: { ...user, name: 'Cached' } }));

    expect((await call('GET', userPath(user))).body).toEqual({ ...user, name: 'Cached' });
  });

  it('drops a changed user and stores the new version', async () => {
    const { user, password } = await cached();

    await patch(user, { name: 'Bea', oldPassword: password });

    expect(await redis.exists(keyOf(user))).toBe(0);
    await call('GET', userPath(user));
    expect(JSON.parse((await redis.get(keyOf(user))) ?? '')).toMatchObject({ version: 2, value: { name: 'Bea' } });
  });

  it('keeps a user after a rejected update', async () => {
    const { user } = await cached();

    await patch(user, { name: 'Bea', oldPassword: 'hush-wrong' });

    expect(await redis.exists(keyOf(user))).toBe(1);
  });

  it('drops a deleted user permanently', async () => {
    const { user } = await cached();

    await call('DELETE', userPath(user));
    await call('GET', userPath(user));

    expect(await redis.exists(keyOf(user))).toBe(0);
  });

  it.each([
    ['garbage', (key: string) => redis.set(key, '{oops')],
    ['JSON of another shape', (key: string) => redis.set(key, '[1,2]')],
    ['null', (key: string) => redis.set(key, 'null')],
    ['an entry of another server', (key: string) => redis.set(key, '{"bornAt":1,"version":9,"epoch":"x","value":{}}')],
    ['another type', (key: string) => redis.multi().del(key).rpush(key, 'x').exec()],
  ])('repairs an entry with %s', async (_what, spoil) => {
    const { user } = await cached();
    await spoil(keyOf(user));

    const answer = await call('GET', userPath(user));

    expect(answer).toMatchObject({ status: 200, body: user });
    expect(JSON.parse((await redis.get(keyOf(user))) ?? '')).toMatchObject({ value: user });
  });

  it('agrees with the table after concurrent reads and updates', async () => {
    const { user, password } = await cached();
    let oldest = 'Ann';

    for (const name of ['N1', 'N2', 'N3', 'N4', 'N5']) {
      const reads = Array.from({ length: 8 }, () => call<{ name: string }>('GET', userPath(user)));
      const change = await patch(user, { name, oldPassword: password });
      const after = await call<{ name: string }>('GET', userPath(user));
      const seen = (await Promise.all(reads)).map(({ body }) => body.name);
      expect(change.status).toBe(200);
      expect(after.body.name).toBe(name);
      expect(seen.every((value) => value === oldest || value === name)).toBe(true);
      oldest = name;
    }
  });
});
