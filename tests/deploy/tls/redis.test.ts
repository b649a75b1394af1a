import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRedis, redisClient } from '#shared/cache/redis.ts';
import { tlsSettings } from '#shared/config/tls.ts';
import { type SecretStore, startSecretStore, storeEnvironment } from '#tests/deploy/aws/secret-store.ts';
import type { OwnServer } from '#tests/helpers/own-server.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { type Authority, startAuthority } from './certificates.ts';
import { startSecuredRedis } from './servers.ts';

let authority: Authority;
let server: OwnServer;
let store: SecretStore;

function urlWith(password: string, host = 'localhost'): string {
  return `rediss://registration:${password}@${host}:${server.port}`;
}

beforeAll(async () => {
  authority = await startAuthority();
  server = await startSecuredRedis(authority, 'first');
  store = await startSecretStore({ redis: `{"url":"${urlWith('first')}"}`, '/ca': authority.ca });
  const settings = { STAGE: 'prod', REDIS_URL: 'secretsmanager:redis#url', TLS_CA: 'ssm:/ca' };
  Object.assign(process.env, storeEnvironment(store.url), settings);
});

afterAll(async () => {
  (await redisClient()).disconnect();
  await server.stop();
  await store.stop();
  authority.remove();
});

describe('Redis that accepts only encrypted connections', () => {
  it('is reached with the referenced password and authority', async () => {
    const redis = await redisClient();

    expect(await redis.ping()).toBe('PONG');
    expect(await redis.acl('WHOAMI')).toBe('registration');
  });

  it.each([
    ['is signed by an unknown authority', 'localhost', false],
    ['names another host', '127.0.0.1', true],
  ] as const)('is not trusted if its certificate %s', async (_, host, isKnown) => {
    const { ca: _authorities, ...strangers } = await tlsSettings();
    const redis = createRedis(urlWith('first', host), isKnown ? await tlsSettings() : strangers);

    await expect(redis.connect()).rejects.toThrow();
    redis.disconnect();
  });

  it.each([
    ['on', 'PONG'],
    ['off', undefined],
  ])('is reached at a redis:// address only with encryption: REDIS_TLS=%s', async (mode, answer) => {
    Object.assign(process.env, { REDIS_URL: urlWith('first').replace('rediss:', 'redis:'), REDIS_TLS: mode });
    // Fresh modules read the environment again.
    vi.resetModules();
    const fresh = await import('#shared/cache/redis.ts');
    const redis = await fresh.redisClient();

    expect(await redis.ping().catch(() => undefined)).toBe(answer);
    redis.disconnect();
  });

  it('is reached again after a password change', async () => {
    const before = await redisClient();
    await before.acl('SETUSER', 'registration', 'resetpass', '>second');
    store.values.set('redis', `{"url":"${urlWith('second')}"}`);
    await before.call('CLIENT', 'KILL', 'USER', 'registration', 'SKIPME', 'no').catch(() => undefined);

    const answer = await waitFor(async () => (await redisClient()).ping(), { what: 'Redis' });

    expect(answer).toBe('PONG');
    expect(await redisClient()).not.toBe(before);
  });
});
