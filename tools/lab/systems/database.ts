import { createPool } from 'mysql2/promise';

export type Query = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/**
 * @param limitMs of each query and of connecting, for a server that may be frozen; without it all queries share one session
 */
export function openDatabase(url: string, limitMs?: number): { query: Query; close: () => Promise<void> } {
  const bound = limitMs === undefined ? {} : { timeout: limitMs };
  const limits = limitMs === undefined ? { connectionLimit: 1 } : { connectionLimit: 2, connectTimeout: limitMs };
  const pool = createPool({ uri: url, dateStrings: true, ...limits });
  return {
    async query(sql, values = []) {
      const [rows] = await pool.query({ sql, values, ...bound });
      return rows as Record<string, unknown>[];
    },
    close: () => pool.end(),
  };
}

export async function withDatabase<T>(url: string, use: (query: Query) => Promise<T>): Promise<T> {
  const { query, close } = openDatabase(url);
  try {
    return await use(query);
  } finally {
    await close();
  }
}

/** The URL of another database on the same server. */
export function databaseOn(url: string, name: string) {
  const moved = new URL(url);
  moved.pathname = `/${name}`;
  return moved.href;
}
