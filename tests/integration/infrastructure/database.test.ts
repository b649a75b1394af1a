import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { statement, transaction } from '#shared/db/run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { timed, watchUnhandled } from '#tests/helpers/unhandled.ts';
import { userServicesOn } from '#tests/helpers/user-services.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startProxyTo, type TcpProxy, throughProxy } from '#tools/lab/faults/tcp-proxy.ts';

const POOL_SIZE = 2;
const LIMIT_MS = 2000;

let direct: TestDatabase;
let proxy: TcpProxy;
let db: Database;
const unhandled = watchUnhandled();

beforeAll(async () => {
  direct = await usersTestDatabase();
  proxy = await startProxyTo(direct.url);
  db = createDatabase(throughProxy(direct.url, proxy), POOL_SIZE);
});

afterEach(async () => {
  await proxy.set('pass');
});

afterAll(async () => {
  await db.destroy();
  await proxy.stop();
  await direct.drop();
  unhandled.stop();
});

function one(): Promise<unknown> {
  return statement(db, (executor) => executor.raw('SELECT 1'));
}
function oneInTransaction(): Promise<unknown> {
  return transaction(db, 'register user', (trx) => trx.raw('SELECT 1'));
}

/** Opens every connection of the pool. */
function fill(): Promise<unknown> {
  return Promise.all(
    Array.from({ length: POOL_SIZE }, () => statement(db, (executor) => executor.raw('SELECT SLEEP(0.05)'))),
  );
}

describe('an unresponsive database', () => {
  it.each([
    ['refuse', one],
    ['reset', one],
    ['silent', one],
    ['refuse', oneInTransaction],
    ['reset', oneInTransaction],
    ['silent', oneInTransaction],
  ] as const)('(%s) fails calls in time, with or without open connections, and recovers', async (mode, call) => {
    await fill();
    await proxy.set(mode);

    const calls = await Promise.all(Array.from({ length: POOL_SIZE + 1 }, () => timed(call)));

    for (const { answer, ms } of calls) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_DOWN', retryAfterSeconds: 2 } });
      expect(ms).toBeLessThan(LIMIT_MS);
    }

    await proxy.set('pass');
    const healed = await timed(() => waitFor(call));
    expect(healed.ms).toBeLessThan(LIMIT_MS);
    expect(unhandled.seen).toEqual([]);
  });

  it('that goes silent during connection setup does not block the pool', async () => {
    await proxy.set('refuse');
    await timed(one);
    await proxy.set('silent');
    await Promise.all([timed(one), timed(one), timed(one), timed(one)]);
    await proxy.set('pass');

    const { answer, ms } = await timed(() => waitFor(one));

    expect(answer).toMatchObject({ status: 'fulfilled' });
    expect(ms).toBeLessThan(LIMIT_MS);
  });

  it('that goes silent in a transaction fails it in time', async () => {
    await fill();

    const { answer, ms } = await timed(() =>
      transaction(db, 'register user', async (trx) => {
        await trx.raw('SELECT 1');
        await proxy.set('silent');
        await trx.raw('SELECT 2');
      }),
    );

    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_DOWN' } });
    expect(ms).toBeLessThan(LIMIT_MS);
    expect(unhandled.seen).toEqual([]);
  });

  it('does not expose SQL or values in errors', async () => {
    await proxy.set('refuse');

    const { answer } = await timed(() => userServicesOn(db).registerAnybody('secret-address@b.io'));

    const reason: unknown = answer?.status === 'rejected' ? answer.reason : undefined;
    const shown = reason instanceof AppError ? `${reason.message} ${reason.stack} ${String(reason.cause)}` : '';
    expect(shown).toContain('not available');
    expect(shown).not.toMatch(/secret-address|insert|plain:/i);
  });
});

describe('dead connections', () => {
  const kill = async (): Promise<void> => {
    const name = new URL(direct.url).pathname.slice(1);
    const [rows] = await direct.db.raw(
      'SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID()',
      [name],
    );
    for (const { id } of rows) await direct.db.raw('KILL ?', [id]).catch(() => undefined);
  };

  it('are replaced within the call when they were idle', async () => {
    await fill();
    await kill();

    expect(await timed(one)).toMatchObject({ answer: { status: 'fulfilled' } });
    expect(await timed(oneInTransaction)).toMatchObject({ answer: { status: 'fulfilled' } });
    expect(unhandled.seen).toEqual([]);
  });

  it('restart their transaction once', async () => {
    let runs = 0;

    const answer = await transaction(db, 'register user', async (trx) => {
      runs += 1;
      const [rows] = await trx.raw('SELECT CONNECTION_ID() AS id');
      if (runs === 1) await direct.db.raw('KILL ?', [rows[0].id]);
      await trx.raw('SELECT 1');
      return 'done';
    });

    expect({ answer, runs }).toEqual({ answer: 'done', runs: 2 });
    expect(unhandled.seen).toEqual([]);
  });

  it('do not repeat a commit, whose outcome is unknown', async () => {
    let runs = 0;

    const { answer } = await timed(() =>
      transaction(db, 'register user', async (trx) => {
        runs += 1;
        await trx.raw('SELECT 1');
        await proxy.set('refuse');
      }),
    );

    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_DOWN' } });
    expect(runs).toBe(1);
    expect(unhandled.seen).toEqual([]);
  });

  it('that went silent are abandoned after the query timeout and replaced', async () => {
    await fill();
    proxy.forget();

    const first = await timed(one);
    await timed(one);
    const later = await timed(one);

    expect(first.ms).toBeLessThan(LIMIT_MS);
    expect(later).toMatchObject({ answer: { status: 'fulfilled' } });
    expect(later.ms).toBeLessThan(500);
  });
});

describe('a statement that takes too long', () => {
  it('is ended by the server; the connection is kept', async () => {
    const limited = createDatabase(direct.url, 1, { queryLimitMs: 400 });
    const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')})`;
    const numbers = Array.from({ length: 9 }, (_, place) => `${digits} d${place}`).join(', ');
    const session = async (): Promise<number> => {
      const [[{ id }]] = await statement(limited, (executor) => executor.raw('SELECT CONNECTION_ID() AS id'));
      return id;
    };
    const before = await session();

    const counting = statement(limited, (executor) => executor.raw(`SELECT COUNT(*) FROM ${numbers}`));
    await expect(counting).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });
    const after = await session();
    await limited.destroy();

    expect(after).toBe(before);
  });
});

describe('a deadlock between two transactions', () => {
  it('is resolved: both complete', async () => {
    await direct.db.raw('CREATE TABLE pairs (id INT PRIMARY KEY, n INT)');
    await direct.db('pairs').insert([
      { id: 1, n: 0 },
      { id: 2, n: 0 },
    ]);
    const add = (first: number, second: number) =>
      transaction(direct.db, 'register user', async (trx) => {
        await trx('pairs').where({ id: first }).increment('n', 1);
        await trx.raw('SELECT SLEEP(0.05)');
        await trx('pairs').where({ id: second }).increment('n', 1);
      });

    await Promise.all([add(1, 2), add(2, 1)]);

    expect(await direct.db('pairs').select('n').orderBy('id')).toEqual([{ n: 2 }, { n: 2 }]);
  });
});
