import { createHash } from 'node:crypto';
import type { Database } from '#shared/db/database.ts';
import { say, seconds } from '#tools/local/cli/progress.ts';

/** Rows of one INSERT. Each commits by itself, so that the undo log stays small. */
const CHUNK = 500_000;
/** The age of the oldest events. With 30 days kept, one day is to be purged. */
const DAYS = 31;
/** One of so many events FAILED. */
const FAILED_EVERY = 100;

const DIGITS = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');

/** The numbers from `first` to `last` as n, made by multiplying digits. Works on every server. */
function numbers(first: number, last: number): string {
  const places = Math.max(1, Math.ceil(Math.log10(last - first + 1)));
  const names = Array.from({ length: places }, (_, place) => `d${place}`);
  const sum = names.map((name, place) => `${name}.d * ${10 ** place}`).join(' + ');
  const from = names.map((name) => `(${DIGITS}) ${name}`).join(', ');
  return `SELECT ${first} + ${sum} AS n FROM ${from} HAVING n <= ${last} ORDER BY n`;
}

interface Key {
  readonly name: string;
  readonly many: unknown;
  readonly parts: string;
}

async function secondaryKeys(db: Database, table: string): Promise<Key[]> {
  const [rows] = await db.raw(
    `SELECT index_name AS name, MIN(non_unique) AS many, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS parts
       FROM information_schema.statistics
      WHERE table_schema = DATABASE() AND table_name = ? AND index_name <> 'PRIMARY' GROUP BY index_name`,
    [table],
  );
  return rows;
}

interface Seeded {
  readonly table: string;
  readonly columns: string;
  readonly values: string;
  readonly count: number;
}

/** Fills a table in the order of its primary key and adds its other keys at the end, sorted. Does nothing if it is filled. */
async function seed(db: Database, { table, columns, values, count }: Seeded): Promise<void> {
  const last: { id?: unknown } | undefined = await db(table).max({ id: 'id' }).first();
  if (Number(last?.id ?? 0) >= count) return;
  const started = performance.now();
  const keys = await secondaryKeys(db, table);
  await db.raw(`TRUNCATE TABLE ${table}`);
  await db.raw(`ALTER TABLE ${table} ${keys.map(({ name }) => `DROP KEY ${name}`).join(', ')}`);
  for (let first = 1; first <= count; first += CHUNK) {
    const rows = numbers(first, Math.min(first + CHUNK - 1, count));
    await db.raw(`INSERT INTO ${table} (${columns}) SELECT ${values} FROM (${rows}) numbers`);
  }
  const added = keys.map(({ name, many, parts }) => `ADD ${Number(many) === 0 ? 'UNIQUE ' : ''}KEY ${name} (${parts})`);
  await db.raw(`ALTER TABLE ${table} ${added.join(', ')}`);
  await db.raw(`ANALYZE TABLE ${table}`);
  say(`    ${count.toLocaleString('en')} ${table} seeded in ${seconds(performance.now() - started)}`);
}

/** The uuid of the n-th seeded event. */
export function uuidOf(n: number): string {
  const hash = createHash('md5').update(String(n)).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20)].join('-');
}

const UUID = `CONCAT_WS('-', LEFT(MD5(n), 8), MID(MD5(n), 9, 4), MID(MD5(n), 13, 4), MID(MD5(n), 17, 4), RIGHT(MD5(n), 12))`;
const EMAIL = `CONCAT(LEFT(MD5(n), 12), n, '@b.io')`;

/**
 * Fills an empty database with so many users and events, and a tenth as many dead letters. Names and addresses come in another
 * order than ids. Events are spread evenly over the last 31 days.
 * @param db its statement limit must allow index builds
 */
export async function seedAll(db: Database, count: number): Promise<void> {
  await seed(db, {
    table: 'users',
    count,
    columns: 'id, name, lastname, email, email_lower, password_hash, version, created_at, updated_at',
    values: `n, CONCAT('N', CRC32(n)), CONCAT('L', CRC32(n + 7)), ${EMAIL}, ${EMAIL}, REPEAT('x', 97), 1,
      UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)`,
  });
  const everyMs = (DAYS * 86_400_000) / count;
  const ago = (ms: number): string =>
    `UTC_TIMESTAMP(3) - INTERVAL ROUND(((${count} - n) * ${everyMs} + ${ms}) * 1000) MICROSECOND`;
  await seed(db, {
    table: 'outbox_events',
    count,
    columns: 'id, uuid, user_id, user_email, event_state, topic, attempts, added_at, published_at, processed_at',
    values: `n, ${UUID}, n, ${EMAIL}, IF(n % ${FAILED_EVERY} = 0, 'FAILED', 'FINISHED'), 'user.email.send', 1,
      ${ago(3000)}, ${ago(2000)}, ${ago(1000)}`,
  });
  await seed(db, {
    table: 'dead_letters',
    count: Math.max(Math.min(count, 1000), Math.ceil(count / 10)),
    columns:
      'id, topic, topic_partition, record_offset, event_uuid, failure_condition, reason, record, recorded_at, is_known',
    values: `n, 'user.email.send.dlq', n % 3, n, ${UUID}, 'PermanentFailure', 'Mailbox unavailable', '{}',
      UTC_TIMESTAMP(3) - INTERVAL (n % 2600000) SECOND, n % 2`,
  });
}
