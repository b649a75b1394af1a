import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createRedis } from '#shared/cache/redis.ts';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { statement, transaction } from '#shared/db/run.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { describeWithPrograms, type OwnServer, startOwnMariadb, startOwnRedis } from '#tests/helpers/own-server.ts';
import { connectedRedis, userCacheOn } from '#tests/helpers/redis.ts';
import { timed, watchUnhandled } from '#tests/helpers/unhandled.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startTcpProxy, type TcpProxy, throughProxy } from '#tools/lab/faults/tcp-proxy.ts';

const unhandled = watchUnhandled();

afterAll(() => unhandled.stop());

/** The application's user may not write while its server is read-only. */
const USERS = [
  "CREATE USER tester@'%' IDENTIFIED BY 'password';",
  "GRANT SELECT, INSERT ON *.* TO tester@'%';",
  "CREATE USER admin@'%' IDENTIFIED BY 'password';",
  "GRANT ALL ON *.* TO admin@'%';",
];

describeWithPrograms('a MySQL primary that became read-only', () => {
  const POOL_SIZE = 2;
  let folder: string;
  let later: TestDatabase;
  let former: OwnServer;
  let admin: Database;
  let proxy: TcpProxy;
  let db: Database;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'failover-'));
    writeFileSync(path.join(folder, 'users.sql'), USERS.join('\n'));
    [later, former] = await Promise.all([
      usersTestDatabase(),
      startOwnMariadb([`--init-file=${path.join(folder, 'users.sql')}`]),
    ]);
    const { pathname } = new URL(later.url);
    admin = createDatabase(`mysql://admin:password@127.0.0.1:${former.port}/mysql`, 1);
    await admin.raw('CREATE DATABASE ??', [pathname.slice(1)]);
    for (const server of [admin, later.db]) {
      await server.raw('CREATE TABLE ??.marks (mark VARCHAR(20) NOT NULL)', [pathname.slice(1)]);
    }
    const target = { host: '127.0.0.1', port: former.port };
    proxy = await startTcpProxy(target);
    db = createDatabase(throughProxy(later.url, proxy), POOL_SIZE);
    await Promise.all(Array.from({ length: POOL_SIZE }, () => statement(db, (open) => open.raw('SELECT SLEEP(0.05)'))));
    // Open connections stay, new ones lead to the new primary.
    target.port = Number(new URL(later.url).port);
    await admin.raw('SET GLOBAL read_only = 1');
  });

  afterAll(async () => {
    await Promise.all([db.destroy(), admin.destroy()]);
    await Promise.all([proxy.stop(), former.stop(), later.drop()]);
    rmSync(folder, { recursive: true });
  });

  it('is left by the calls that it rejects', async () => {
    await transaction(db, 'register user', (trx) => trx('marks').insert({ mark: 'in a transaction' }));
    await statement(db, (open) => open('marks').insert({ mark: 'alone' }));

    expect(await later.db('marks').pluck('mark')).toEqual(['in a transaction', 'alone']);
    expect(unhandled.seen).toEqual([]);
  });
});

describeWithPrograms('a MySQL server that was replaced', () => {
  it('is left after 5 minutes by clients that only read', async () => {
    const [later, former] = await Promise.all([usersTestDatabase(), startOwnMariadb(['--skip-grant-tables'])]);
    const target = { host: '127.0.0.1', port: former.port };
    const proxy = await startTcpProxy(target);
    const url = new URL(throughProxy(later.url, proxy));
    url.pathname = '/information_schema';
    const db = createDatabase(url.href, 1);
    const port = async () => (await db.raw('SELECT @@port AS port'))[0][0].port;
    const laterPort = Number(new URL(later.url).port);
    vi.useFakeTimers({ toFake: ['Date'] });
    const before = await port();
    target.port = laterPort;

    const seen = [];
    for (let seconds = 0; seconds < 320; seconds += 20) {
      vi.setSystemTime(Date.now() + 20_000);
      seen.push(await port());
    }

    expect(before).toBe(former.port);
    expect(seen.slice(0, 11)).toEqual(Array.from({ length: 11 }, () => former.port));
    expect(seen.at(-1)).toBe(laterPort);
    vi.useRealTimers();
    await db.destroy();
    await Promise.all([proxy.stop(), former.stop(), later.drop()]);
  });
});

describeWithPrograms('a MySQL session that became read-only', () => {
  it.each([
    ['ER_OPTION_PREVENTS_STATEMENT', 1290],
    ['ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION', 1792],
    ['ER_READ_ONLY_MODE', 1836],
  ])('and says so with %s is left by the call that it rejects', async (code, errno) => {
    const test = await usersTestDatabase();
    const db = createDatabase(test.url, 1);
    await test.db.raw('CREATE TABLE marks (mark VARCHAR(20) NOT NULL)');
    const [[{ id: former }]] = await db.raw('SELECT CONNECTION_ID() AS id');
    // The server itself raises the error, but only in the former session.
    const signal = `SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${errno}, MESSAGE_TEXT = 'read only'`;
    const body = `IF CONNECTION_ID() = ${former} THEN ${signal}; END IF`;
    await test.db.raw(`CREATE TRIGGER demoted BEFORE INSERT ON marks FOR EACH ROW ${body}`);
    await expect(db('marks').insert({ mark: 'x' })).rejects.toMatchObject({ code });

    await transaction(db, 'register user', (trx) => trx('marks').insert({ mark: 'later' }));

    expect(await test.db('marks').pluck('mark')).toEqual(['later']);
    await db.destroy();
    await test.drop();
  });

  it('is replaced at once, but at most once a second', async () => {
    const test = await usersTestDatabase();
    const db = createDatabase(test.url, 1);
    await test.db.raw('CREATE TABLE marks (mark VARCHAR(20) NOT NULL)');
    const insert = () => transaction(db, 'register user', (trx) => trx('marks').insert({ mark: 'x' }));
    await statement(db, (open) => open.raw('SET SESSION TRANSACTION READ ONLY'));
    await insert();
    await statement(db, (open) => open.raw('SET SESSION TRANSACTION READ ONLY'));

    const again = await timed(insert);
    const later = await timed(() => waitFor(() => insert().then(() => true)));

    expect(again.answer).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_DOWN' } });
    expect(later.ms).toBeLessThan(3000);
    await db.destroy();
    await test.drop();
  });
});

/** A cache whose open connection ends at a Redis server of its own, and whose new ones at `target`. */
async function cacheThroughProxy(options: readonly string[]) {
  const former = await startOwnRedis(options);
  const formerUrl = `redis://127.0.0.1:${former.port}`;
  const target = { host: '127.0.0.1', port: former.port };
  const proxy = await startTcpProxy(target);
  const redis = createRedis(throughProxy(formerUrl, proxy));
  await redis.connect();
  const cache = userCacheOn(() => redis);
  await cache.read(1);
  return { former, formerUrl, target, proxy, redis, cache };
}

describeWithPrograms('a Redis primary', () => {
  it.each([
    ['became a replica', []],
    ['became a replica without its primary', ['--replica-serve-stale-data', 'no']],
  ])('that %s is left', async (_, options) => {
    const { former, formerUrl, target, proxy, redis, cache } = await cacheThroughProxy(options);
    target.port = Number(new URL(process.env['REDIS_URL'] ?? '').port);
    const admin = await connectedRedis(formerUrl);
    await admin.replicaof('127.0.0.1', 1);

    const { ms } = await timed(() => waitFor(() => cache.read(2).then(() => true), { timeoutMs: 5000 }));

    expect(ms).toBeLessThan(3000);
    expect(unhandled.seen).toEqual([]);
    admin.disconnect();
    redis.disconnect();
    await proxy.stop();
    await former.stop();
  });
});

describeWithPrograms('a Redis server that loads its data', () => {
  it('is left', async () => {
    const slow = ['--key-load-delay', '1000', '--loading-process-events-interval-bytes', '1024'];
    const options = ['--enable-debug-command', 'yes', ...slow];
    const { former, formerUrl, target, proxy, redis, cache } = await cacheThroughProxy(options);
    target.port = Number(new URL(process.env['REDIS_URL'] ?? '').port);
    const admin = await connectedRedis(formerUrl);
    await admin.call('DEBUG', 'POPULATE', '20000');
    const beside = await connectedRedis(formerUrl);
    // Takes 20 s, and answers only then.
    admin.call('DEBUG', 'RELOAD').catch(() => undefined);
    const isLoading = () =>
      beside.get('x').then(
        () => false,
        (error: Error) => error.message.startsWith('LOADING'),
      );
    await waitFor(isLoading, { what: 'the server to load' });

    const { ms } = await timed(() => waitFor(() => cache.read(2).then(() => true), { timeoutMs: 8000 }));

    expect(ms).toBeLessThan(3000);
    for (const client of [admin, beside, redis]) client.disconnect();
    await proxy.stop();
    await former.stop();
  });
});
