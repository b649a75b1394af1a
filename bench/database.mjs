import { createPool } from 'mysql2/promise';

/**
 * @typedef {(sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>} Query
 */

/**
 * @template T
 * @param {string} url
 * @param {(query: Query) => Promise<T>} use
 */
export const withDatabase = async (url, use) => {
  const pool = createPool({ uri: url, connectionLimit: 1, dateStrings: true });
  try {
    return await use(async (sql, values = []) => {
      const [rows] = await pool.query(sql, values);
      return /** @type {Record<string, unknown>[]} */ (rows);
    });
  } finally {
    await pool.end();
  }
};
