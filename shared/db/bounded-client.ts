import type { Knex } from 'knex';
import MySql2Client from 'knex/lib/dialects/mysql2/index.js';
import { TimeLimitError } from '#shared/lifecycle/within.ts';

export interface BoundedConfig extends Knex.Config {
  queryLimitMs: number;
}

type Connection = Parameters<MySql2Client['_query']>[0];

const IDLE_LIMIT_MS = 55_000;

/**
 * knex's MySQL client, made safe for a server that goes silent: a query that gets no answer in time destroys its connection
 * (the driver's own timeout would leave it in the pool), and a connection that was idle for long, or frozen with its
 * function, is replaced instead of trusted.
 */
export class BoundedMySqlClient extends MySql2Client {
  readonly #lastUsed = new WeakMap<Connection, number>();
  readonly #queryLimitMs: number;

  constructor(config: BoundedConfig) {
    super(config);
    this.#queryLimitMs = config.queryLimitMs;
  }

  override async _query(connection: Connection, query: unknown): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        connection.destroy();
        reject(new TimeLimitError('A query', this.#queryLimitMs));
      }, this.#queryLimitMs);
    });
    const answer = super._query(connection, query);
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, limit]);
    } finally {
      clearTimeout(timer);
      this.#lastUsed.set(connection, Date.now());
    }
  }

  override validateConnection(connection: Connection): boolean {
    const idleMs = Date.now() - (this.#lastUsed.get(connection) ?? Date.now());
    return idleMs < IDLE_LIMIT_MS && super.validateConnection(connection);
  }
}
