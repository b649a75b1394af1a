import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { describeWithPrograms, type OwnServer, startOwnMariadb } from '#tests/helpers/own-server.ts';

let server: OwnServer;
const folder = mkdtempSync(path.join(tmpdir(), 'outfile-'));

beforeAll(async () => {
  server = await startOwnMariadb();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function asUser<T>(user: string, run: (db: ReturnType<typeof createDatabase>) => Promise<T>): Promise<T> {
  const db = createDatabase(`mysql://${user}@127.0.0.1:${server.port}/users`, 1);
  try {
    return await run(db);
  } finally {
    await db.destroy();
  }
}

describeWithPrograms('the MariaDB of a local run', () => {
  it('writes no file for a client', async () => {
    const file = path.join(folder, 'written');

    await expect(asUser('tester:password', (db) => db.raw(`SELECT 'x' INTO OUTFILE '${file}'`))).rejects.toThrow();
    expect(existsSync(file)).toBe(false);
  });

  it('reads no file for a client', async () => {
    const [rows] = await asUser('tester:password', (db) => db.raw("SELECT LOAD_FILE('/etc/passwd') AS content"));

    expect(rows).toEqual([{ content: null }]);
  });

  it('writes no log to a place that a client names', async () => {
    const change = `SET GLOBAL general_log_file = '${path.join(folder, 'log')}'`;

    await expect(asUser('tester:password', (db) => db.raw(change))).rejects.toThrow(/SUPER|denied/);
  });

  it('has no user without a password', async () => {
    await expect(asUser('root', (db) => db.raw('SELECT 1'))).rejects.toThrow(/Access denied/);
  });
});
