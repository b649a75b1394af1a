import type { Query } from '../../systems/database.ts';

/** A query for the numbers up to `count`: a cross join of digits works on every server. */
function numbersUpTo(count: number) {
  const places = Math.max(1, Math.ceil(Math.log10(count)));
  const names = Array.from({ length: places }, (_, place) => `d${place}`);
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
  const sum = names.map((name, place) => `${name}.d * ${10 ** place}`).join(' + ');
  const from = names.map((name) => `(${digits}) ${name}`).join(', ');
  return `SELECT 1 + ${sum} AS n FROM ${from} HAVING n <= ${count} ORDER BY n`;
}

/**
 * Creates a table like another and fills it in one statement: servers load an empty table fastest.
 */
async function seed(
  query: Query,
  rows: { table: string; like: string; columns: string; values: string; count: number },
) {
  const { table, like, columns, values, count } = rows;
  await query('DROP TABLE IF EXISTS ??', [table]);
  await query('CREATE TABLE ?? LIKE ??', [table, like]);
  await query('SET SESSION unique_checks = 0, foreign_key_checks = 0, innodb_lock_wait_timeout = 60');
  await query(`INSERT INTO ${table} (${columns}) SELECT ${values} FROM (${numbersUpTo(count)}) numbers`);
  await query('ANALYZE TABLE ??', [table]);
}

/** Creates users with the ids 1 to `count`; names and addresses have another order than ids. */
export function seedUsers(query: Query, table: string, count: number) {
  return seed(query, {
    table,
    like: 'users',
    count,
    columns: 'id, name, lastname, email, email_lower, password_hash, version, created_at, updated_at',
    values: `n, CONCAT('N', CRC32(n)), CONCAT('L', CRC32(n + 7)), CONCAT(LEFT(MD5(n), 12), n, '@b.io'),
      CONCAT(LEFT(MD5(n), 12), n, '@b.io'), REPEAT('x', 97), 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)`,
  });
}

/** Creates finished events, a second apart, the latest a second ago. */
export function seedFinishedEvents(query: Query, table: string, count: number) {
  const at = (seconds: number) => `UTC_TIMESTAMP(3) - INTERVAL (${count} - n + ${seconds}) SECOND`;
  return seed(query, {
    table,
    like: 'outbox_events',
    count,
    columns: 'uuid, user_id, user_email, event_state, topic, attempts, added_at, published_at, processed_at',
    values: `CONCAT_WS('-', LEFT(MD5(n), 8), MID(MD5(n), 9, 4), MID(MD5(n), 13, 4), MID(MD5(n), 17, 4), RIGHT(MD5(n), 12)),
      n, CONCAT(LEFT(MD5(n), 12), n, '@b.io'), 'FINISHED', 'user.email.send', 1, ${at(3)}, ${at(2)}, ${at(1)}`,
  });
}

/** Swaps tables of different sizes into the name that the application reads. */
export function swappable(name: string) {
  let current = `${name}_of_the_application`;
  return async (query: Query, table: string) => {
    if (table === current) return;
    // One statement, so that the name is never missing.
    await query('RENAME TABLE ?? TO ??, ?? TO ??', [name, current, table, name]);
    current = table;
  };
}
