import { openDatabase } from './database.ts';

/** An event as the system's database stores it. */
export type StoredEvent = { uuid: string; email: string; state: string };

/** What a system's database says, queried past all proxies. */
export type Records = ReturnType<typeof openRecords>;

/** A frozen server answers no query. */
const limitMs = 5000;

/** How a system stores its events: SQL expressions. */
const schemas = {
  ours: {
    table: 'outbox_events',
    uuid: 'uuid',
    state: 'event_state',
    overdue: "event_state = 'PROCESSING' AND added_at < UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND",
  },
  peer: {
    table: 'events',
    uuid: 'HEX(uuid)',
    // The ordinal of its enum, or its name where the server knows enums.
    state: "IF(CAST(event_state AS CHAR) IN ('1', 'FINISHED'), 'FINISHED', 'PROCESSING')",
    // It marks none of its events, so only mails can be waited for.
    overdue: '? < 0',
  },
};

/** @param url of the database with users and events, past the proxy */
export function openRecords(system: keyof typeof schemas, url: string) {
  const { query, close } = openDatabase(url, limitMs);
  const { table, uuid: uuidOf, state: stateOf, overdue } = schemas[system];
  return {
    /** @param tag the beginning of the addresses */
    async read(tag: string): Promise<{ users: string[]; events: StoredEvent[] }> {
      const users = await query('SELECT email FROM users WHERE email LIKE ?', [`${tag}%`]);
      const events = await query(
        `SELECT ${uuidOf} AS uuid, user_email AS email, ${stateOf} AS state FROM ${table} WHERE user_email LIKE ?`,
        [`${tag}%`],
      );
      return {
        users: users.map(({ email }) => String(email)),
        events: events.map(({ uuid, email, state }) => ({
          uuid: String(uuid),
          email: String(email),
          state: String(state),
        })),
      };
    },
    /** Counts the unfinished events that are older. */
    async countOverdue(ageMs: number): Promise<number> {
      const [row] = await query(`SELECT COUNT(*) AS total FROM ${table} WHERE ${overdue}`, [ageMs * 1000]);
      return Number(row?.['total']);
    },
    close,
  };
}
