import { randomUUID } from 'node:crypto';
import knex from 'knex';
import type { Contender } from '../alternate.ts';
import { perSecond } from '../at-once.ts';
import { withDatabase } from '../database.ts';
import { addressOf, newTag } from '../people.ts';
import type { OurSystem } from '../system/system.ts';

const database = 'bench_raw';

/** A transaction of two inserts, into tables like the application's own. */
export function transactionAlone({ usersDatabaseUrl }: OurSystem, count: number): Contender {
  const url = new URL(usersDatabaseUrl);
  const source = url.pathname.slice(1);
  url.pathname = `/${database}`;
  const now = new Date();

  const run = async (transactions: number) => {
    const db = knex({ client: 'mysql2', connection: url.href, pool: { min: 0, max: 10 } });
    const tag = newTag();
    const register = (index: number) =>
      db.transaction(async (trx) => {
        const email = addressOf(tag, index);
        const times = { created_at: now, updated_at: now };
        const person = { name: 'Load', lastname: 'Test', email, email_lower: email };
        const [id] = await trx('users').insert({ ...person, password_hash: 'x'.repeat(97), version: 1, ...times });
        await trx('outbox_events').insert({
          uuid: randomUUID(),
          user_id: id,
          user_email: email,
          event_state: 'PROCESSING',
          topic: 'user.email.send',
          added_at: now,
          next_attempt_at: now,
        });
      });
    try {
      return { 'per second': await perSecond(transactions, register) };
    } finally {
      await db.destroy();
    }
  };
  const warm = async () => {
    await withDatabase(usersDatabaseUrl, async (query) => {
      await query('CREATE DATABASE IF NOT EXISTS ??', [database]);
      for (const table of ['users', 'outbox_events'])
        await query('CREATE TABLE IF NOT EXISTS ??.?? LIKE ??.??', [database, table, source, table]);
    });
    await run(Math.min(count, 200));
  };
  return { name: '2 inserts, one transaction', warm, run: () => run(count) };
}
