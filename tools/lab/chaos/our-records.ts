import { createPool, type Pool } from 'mysql2/promise';
import type { Records } from './system.ts';

const queryLimitMs = 5000;

/** Rows of a query, which is bounded in time: the server may be frozen. */
export function queriesOn(pool: Pool): (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]> {
  return async (sql, values = []) => {
    const [rows] = await pool.query({ sql, values, timeout: queryLimitMs });
    return rows as Record<string, unknown>[];
  };
}

export function openPool(url: string) {
  return createPool({ uri: url, connectionLimit: 2, connectTimeout: 2000, dateStrings: true });
}

/** @param usersDatabaseUrl past the proxy */
export function ourRecords(usersDatabaseUrl: string): Records {
  const pool = openPool(usersDatabaseUrl);
  const query = queriesOn(pool);
  return {
    async read(tag) {
      const users = await query('SELECT email FROM users WHERE email LIKE ?', [`${tag}%`]);
      const events = await query(
        'SELECT uuid, user_email, event_state, reason FROM outbox_events WHERE user_email LIKE ?',
        [`${tag}%`],
      );
      return {
        users: users.map(({ email }) => String(email)),
        events: events.map(({ uuid, user_email: email, event_state: state, reason }) => ({
          uuid: String(uuid),
          email: String(email),
          state: String(state),
          reason: reason === null ? null : String(reason),
        })),
      };
    },
    async countOverdue(ageMs) {
      const [row] = await query(
        "SELECT COUNT(*) AS total FROM outbox_events WHERE event_state = 'PROCESSING' AND added_at < UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND",
        [ageMs * 1000],
      );
      return Number(row?.['total']);
    },
    close: () => pool.end(),
  };
}
