import { afterAll, describe, expect, it } from 'vitest';
import { createDatabase, type Executor } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';

const db = createDatabase('mysql://nobody@127.0.0.1:1/none', 1);

afterAll(() => db.destroy());

function repositoryOn(executor: Executor) {
  return { isOn: async (expected: unknown) => executor === expected };
}

describe('store', () => {
  it('connects at the first call, and builds the repository on that database', async () => {
    let connections = 0;
    const repository = store(async () => {
      connections += 1;
      return db;
    }, repositoryOn);

    expect(connections).toBe(0);
    expect(await repository((rows) => rows.isOn(db))).toBe(true);
    expect(connections).toBe(1);
  });

  it('repeats a statement after a deadlock', async () => {
    const repository = store(async () => db, repositoryOn);
    let attempts = 0;

    const result = await repository(async () => {
      attempts += 1;
      if (attempts === 1) throw Object.assign(new Error('deadlock'), { code: 'ER_LOCK_DEADLOCK' });
      return 'done';
    });

    expect(result).toBe('done');
    expect(attempts).toBe(2);
  });
});
