import { createPool } from 'mysql2/promise';

const queryLimitMs = 5000;

/**
 * Rows of a query, which is bounded in time: the server may be frozen.
 * @param {import('mysql2/promise').Pool} pool
 * @returns {(sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>}
 */
export const queriesOn =
  (pool) =>
  async (sql, values = []) => {
    const [rows] = await pool.query({ sql, values, timeout: queryLimitMs });
    return /** @type {Record<string, unknown>[]} */ (rows);
  };

/** @param {string} url */
export const openPool = (url) => createPool({ uri: url, connectionLimit: 2, connectTimeout: 2000, dateStrings: true });

/**
 * @param {string} usersDatabaseUrl past the proxy
 * @returns {import('./system.mjs').Records}
 */
export const ourRecords = (usersDatabaseUrl) => {
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
};
