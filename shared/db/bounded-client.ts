import type { Knex } from 'knex';
import MySql2Client from 'knex/lib/dialects/mysql2/index.js';
import { TimeLimitError } from '#shared/async/waiting.ts';
import { isLoginRefused } from './database-errors.ts';

export interface BoundedConfig extends Knex.Config {
  queryLimitMs: number;
  /** Called when the server refuses the login: returns settings with another login, or undefined. */
  renewConnection?(): Promise<Knex.StaticConnectionConfig | undefined>;
}

type Connection = Parameters<MySql2Client<BoundedConfig>['_query']>[0];

const IDLE_LIMIT_MS = 55_000;

/** Last use of each connection. Not a field: knex runs transactions on copies of the client without its fields. */
const lastUsed = new WeakMap<Connection, number>();

/**
 * knex's MySQL client, hardened against a server that goes silent: a query without an answer in time destroys its connection (the
 * driver's own timeout would leave it in the pool), and a connection that was idle for long, or frozen with its function, is
 * replaced. A refused login is fetched again.
 */
export class BoundedMySqlClient extends MySql2Client<BoundedConfig> {
  override async _query(connection: Connection, query: unknown): Promise<unknown> {
    const { queryLimitMs } = this.config;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        connection.destroy();
        reject(new TimeLimitError('A query', queryLimitMs));
      }, queryLimitMs);
    });
    const answer = super._query(connection, query);
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, limit]);
    } finally {
      clearTimeout(timer);
      lastUsed.set(connection, Date.now());
    }
  }

  /** Retries once with a renewed login if the server refuses the current one. */
  override async acquireRawConnection(): Promise<Connection> {
    try {
      return await super.acquireRawConnection();
    } catch (error) {
      const renewed = isLoginRefused(error) ? await this.config.renewConnection?.() : undefined;
      if (renewed === undefined) throw error;
      this.connectionSettings = renewed;
      return super.acquireRawConnection();
    }
  }

  override validateConnection(connection: Connection): boolean {
    const idleMs = Date.now() - (lastUsed.get(connection) ?? Date.now());
    return idleMs < IDLE_LIMIT_MS && super.validateConnection(connection);
  }
}
