import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usersHistory } from '#migrations/history.ts';
import { type TlsSettings, tlsSettings } from '#shared/config/tls.ts';
import { createDatabase } from '#shared/db/database.ts';
import { databaseAccess, usersDatabase } from '#shared/db/databases.ts';
import { migrate } from '#shared/db/migrate.ts';
import { statement } from '#shared/db/run.ts';
import { type SecretStore, startSecretStore, storeEnvironment } from '#tests/deploy/aws/secret-store.ts';
import type { OwnServer } from '#tests/helpers/own-server.ts';
import { type Authority, startAuthority } from './certificates.ts';
import { startSecuredMariadb } from './servers.ts';

let authority: Authority;
let server: OwnServer;
let store: SecretStore;

function urlWith(password: string, host = 'localhost'): string {
  return `mysql://tester:${password}@${host}:${server.port}/users`;
}

beforeAll(async () => {
  authority = await startAuthority();
  server = await startSecuredMariadb(authority);
  store = await startSecretStore({ '/users': urlWith('password'), '/ca': authority.ca });
  const settings = {
    STAGE: 'prod',
    USERS_DATABASE_URL: 'ssm:/users',
    NOTIFICATIONS_DATABASE_URL: urlWith('password', '127.0.0.1'),
    TLS_CA: 'ssm:/ca',
    DATABASE_TLS: 'on',
  };
  Object.assign(process.env, storeEnvironment(store.url), settings);
  const tls: TlsSettings = { rejectUnauthorized: true, minVersion: 'TLSv1.2', ca: [authority.ca] };
  await migrate(urlWith('password'), usersHistory, { tls });
});

afterAll(async () => {
  await (await usersDatabase()).destroy();
  await server.stop();
  await store.stop();
  authority.remove();
});

async function cipher(): Promise<unknown> {
  const [rows] = await statement(await usersDatabase(), (db) => db.raw("SHOW STATUS LIKE 'Ssl_cipher'"));
  return rows[0].Value;
}

describe('MySQL that accepts only encrypted connections', () => {
  it('is reached with the referenced password and authority, fetched in one call', async () => {
    expect(await cipher()).toMatch(/^TLS_|-GCM-|CHACHA20/);
    expect(await cipher()).not.toBe('');
    expect(store.requests.map(({ names }) => [...names].sort())).toEqual([['/ca', '/users']]);
  });

  it('rejects unencrypted connections', async () => {
    const db = createDatabase(urlWith('password'), 1);

    await expect(statement(db, (executor) => executor.raw('SELECT 1'))).rejects.toThrow();
    await db.destroy();
  });

  it('is not trusted if an unknown authority signed its certificate', async () => {
    const tls: TlsSettings = { rejectUnauthorized: true, minVersion: 'TLSv1.2' };
    const db = createDatabase(urlWith('password'), 1, { tls });

    await expect(statement(db, (executor) => executor.raw('SELECT 1'))).rejects.toMatchObject({
      code: 'DEPENDENCY_DOWN',
    });
    await db.destroy();
  });

  it('answers the first call after a password change', async () => {
    const db = await usersDatabase();
    await db.raw("ALTER USER 'tester'@'%' IDENTIFIED BY 'changed'");
    store.values.set('/users', urlWith('changed'));
    // Closes the open connection, so that the next call logs in.
    await db.raw('KILL CONNECTION_ID()').catch(() => undefined);

    expect(await cipher()).not.toBe('');
    expect(store.requests.filter(({ names }) => names.includes('/users'))).toHaveLength(2);
  });

  it('counts as down while no password is accepted, and the reference is not fetched on every call', async () => {
    const db = await usersDatabase();
    await db.raw("ALTER USER 'tester'@'%' IDENTIFIED BY 'unknown'");
    await db.raw('KILL CONNECTION_ID()').catch(() => undefined);

    for (let calls = 0; calls < 3; calls += 1)
      await expect(cipher()).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });
    expect(store.requests.filter(({ names }) => names.includes('/users')).length).toBeLessThanOrEqual(3);
  });

  it('is not trusted if its certificate names another host, nor by its IP address', async () => {
    const other = await startSecuredMariadb(authority, 'other.example.com');
    const db = createDatabase(urlWith('password').replace(`:${server.port}/`, `:${other.port}/`), 1, {
      tls: await tlsSettings(),
    });

    await expect(statement(db, (executor) => executor.raw('SELECT 1'))).rejects.toMatchObject({
      code: 'DEPENDENCY_DOWN',
    });
    await db.destroy();
    await other.stop();
    await expect(databaseAccess('NOTIFICATIONS_DATABASE_URL')).rejects.toThrow(/must name its host/);
  });
});
