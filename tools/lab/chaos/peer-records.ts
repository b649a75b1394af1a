import { openPool, queriesOn } from './our-records.ts';
import type { Records } from './system.ts';

/** The peer stores the ordinal of its enum, or its name where the server knows enums. */
const finished = new Set(['1', 'FINISHED']);

/**
 * The peer's two services share one database and one table of events.
 * @param databaseUrl past the proxy
 */
export function peerRecords(databaseUrl: string): Records {
  const pool = openPool(databaseUrl);
  const query = queriesOn(pool);
  return {
    async read(tag) {
      const users = await query('SELECT email FROM users WHERE email LIKE ?', [`${tag}%`]);
      const events = await query(
        'SELECT HEX(uuid) AS uuid, user_email AS email, CAST(event_state AS CHAR) AS state FROM events WHERE user_email LIKE ?',
        [`${tag}%`],
      );
      return {
        users: users.map(({ email }) => String(email)),
        events: events.map(({ uuid, email, state }) => ({
          uuid: String(uuid),
          email: String(email),
          state: finished.has(String(state)) ? 'FINISHED' : 'PROCESSING',
          reason: null,
        })),
      };
    },
    // It marks no event of its own, so there is nothing to wait for but mails.
    countOverdue: async () => 0,
    close: () => pool.end(),
  };
}
