import type { Knex } from 'knex';
import MySql2Client from 'knex/lib/dialects/mysql2/index.js';
import { TimeLimitError } from '#shared/async/waiting.ts';
import { isLoginRefused, isReadOnly } from './database-errors.ts';

export interface BoundedConfig extends Knex.Config {
  queryLimitMs: number;
  /** Called when the server refuses the login: returns settings with another login, or undefined. */
  renewConnection?(): Promise<Knex.StaticConnectionConfig | undefined>;
}

type Connection = Parameters<MySql2Client<BoundedConfig>['_query']>[0];

const IDLE_LIMIT_MS = 55_000;
/** Until then, a connection that only reads stays with a primary that was replaced. */
const MAX_AGE_MS = 300_000;
/** Minimum time between two replacements of a pool's connections, so that a server that stays read-only keeps serving reads. */
const REPLACE_AFTER_MS = 1000;

// Not fields: knex runs transactions on copies of the client without its fields.
const openedAt = new WeakMap<Connection, number>();
const lastUsed = new WeakMap<Connection, number>();
const expiresAt = new WeakMap<Connection, number>();
/** For each pool: connections opened before this time lead to a server that became read-only. */
const replacedAt = new WeakMap<BoundedConfig, number>();

/**
 * knex's MySQL client, hardened against a server that goes silent: a query without an answer in time destroys its connection (the
 * driver's own timeout would leave it in the pool), and a connection that was idle for long, or frozen with its function, is
 * replaced. After a failover, connections would stay with the old primary: all of the pool are replaced when a server rejects a
 * write because it is read-only, and each after 5 minutes. A refused login is fetched again.
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
    } catch (error) {
      const now = performance.now();
      const last = replacedAt.get(this.config) ?? Number.NEGATIVE_INFINITY;
      if (isReadOnly(error) && now - last > REPLACE_AFTER_MS) replacedAt.set(this.config, now);
      throw error;
    } finally {
      clearTimeout(timer);
      lastUsed.set(connection, Date.now());
    }
  }

  /** Retries once with a renewed login if the server refuses the current one. */
  override async acquireRawConnection(): Promise<Connection> {
    const startedAt = performance.now();
    const connection = await super.acquireRawConnection().catch(async (error: unknown) => {
      const renewed = isLoginRefused(error) ? await this.config.renewConnection?.() : undefined;
      if (renewed === undefined) throw error;
      this.connectionSettings = renewed;
      return super.acquireRawConnection();
    });
    openedAt.set(connection, startedAt);
    // With jitter, so that connections opened together are replaced one after the other.
    expiresAt.set(connection, Date.now() + MAX_AGE_MS * (0.8 + Math.random() / 5));
    return connection;
  }

  override validateConnection(connection: Connection): boolean {
    const idleMs = Date.now() - (lastUsed.get(connection) ?? Date.now());
    const isReplaced = (openedAt.get(connection) ?? 0) < (replacedAt.get(this.config) ?? 0);
    const isExpired = Date.now() > (expiresAt.get(connection) ?? 0);
    return idleMs < IDLE_LIMIT_MS && !isExpired && !isReplaced && super.validateConnection(connection);
  }
}
