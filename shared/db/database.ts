import knex, { type Knex } from 'knex';
import type { TlsSettings } from '#shared/config/tls.ts';
import { type BoundedConfig, BoundedMySqlClient } from './bounded-client.ts';

export type Database = Knex;
/** A database or one transaction of it. */
export type Executor = Knex | Knex.Transaction;

interface RawConnection {
  query(sql: string, done: (error: Error | null, connection?: unknown) => void): void;
}

/** Driver settings for a mysql:// URL. The configuration rejects URLs with query parameters. */
export function connectionSettings(url: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port === '' ? '3306' : port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    enableKeepAlive: true,
    // The system's default is two hours; networks drop connections that are idle during a long statement before that.
    keepAliveInitialDelay: 10_000,
    connectTimeout: 1000,
  };
}

const QUERY_LIMIT_MS = 1500;
/** Includes the wait for a free connection of the pool. */
const ACQUIRE_LIMIT_MS = 1200;
/** For longer statements than a request's, such as those of a migration: nobody waits for an answer. */
const PATIENT_ACQUIRE_MS = 10_000;

/** How long the server keeps an idle or lost session before it rolls back and releases its locks. */
const SESSION_IDLE_SECONDS = 60;

/** The server ends a statement before the client gives it up together with its connection. */
const SERVER_FIRST_MS = 100;

/**
 * Each server executes the comment that is meant for it. MariaDB limits every statement (in seconds), MySQL only SELECT (in ms);
 * other statements there wait at most one second for a lock.
 */
function sessionLimits(queryLimitMs: number): string {
  const limitMs = Math.round(Math.max(queryLimitMs - SERVER_FIRST_MS, queryLimitMs / 2));
  const idleSeconds = Math.max(SESSION_IDLE_SECONDS, Math.ceil(queryLimitMs / 1000));
  const limits = `/*M!100101 , max_statement_time = ${limitMs / 1000} */ /*!50708 , max_execution_time = ${limitMs} */`;
  return `SET SESSION wait_timeout = ${idleSeconds}, innodb_lock_wait_timeout = 1 ${limits}`;
}

export interface DatabaseAccess {
  /** Without it the connection is not encrypted. */
  readonly tls?: TlsSettings | undefined;
  /** Called when the server refuses the login: returns the URL with the current password, or undefined if it is unchanged. */
  renewUrl?(refused: string): Promise<string | undefined>;
  readonly queryLimitMs?: number;
}

/** A connection pool that connects at first use. Every session is READ COMMITTED. */
export function createDatabase(
  url: string,
  poolSize: number,
  { tls, renewUrl, queryLimitMs = QUERY_LIMIT_MS }: DatabaseAccess = {},
): Database {
  const settingsFor = (address: string) => ({
    ...connectionSettings(address),
    // mysql2 does not verify the name in the certificate by default.
    ...(tls === undefined ? {} : { ssl: { ...tls, verifyIdentity: true } }),
  });
  let current = url;
  const acquireMs = queryLimitMs > QUERY_LIMIT_MS ? PATIENT_ACQUIRE_MS : ACQUIRE_LIMIT_MS;
  const config: BoundedConfig = {
    // knex's types declare validateConnection as asynchronous; its own dialects are synchronous.
    client: BoundedMySqlClient as unknown as typeof Knex.Client,
    queryLimitMs,
    renewConnection: async () => {
      const renewed = await renewUrl?.(current);
      if (renewed === undefined) return undefined;
      current = renewed;
      return settingsFor(renewed);
    },
    // Keeps values out of error messages.
    compileSqlOnError: false,
    connection: settingsFor(url),
    acquireConnectionTimeout: acquireMs,
    pool: {
      min: 0,
      max: poolSize,
      idleTimeoutMillis: 30_000,
      // Frees the place in the pool if a server goes silent during connection setup; knex's default is 30 s.
      createTimeoutMillis: acquireMs,
      propagateCreateError: true,
      afterCreate: (connection: RawConnection, done: (error: Error | null, connection?: unknown) => void) => {
        connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', (error) => {
          if (error !== null) return done(error);
          connection.query(sessionLimits(queryLimitMs), (failure) => done(failure, connection));
        });
      },
    },
    log: { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined },
  };
  return knex(config);
}
