import { createPool } from 'mysql2/promise';

export type Query = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

export async function withDatabase<T>(url: string, use: (query: Query) => Promise<T>) {
  const pool = createPool({ uri: url, connectionLimit: 1, dateStrings: true });
  try {
    return await use(async (sql, values = []) => {
      const [rows] = await pool.query(sql, values);
      return rows as Record<string, unknown>[];
    });
  } finally {
    await pool.end();
  }
}
