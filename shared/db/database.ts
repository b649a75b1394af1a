import knex, { type Knex } from 'knex';
import type { TlsSettings } from '#shared/config/tls.ts';
import { type BoundedConfig, BoundedMySqlClient } from './bounded-client.ts';

export type Database = Knex;
/** A database or one transaction of it. */
export type Executor = Knex | Knex.Transaction;

interface RawConnection {
  query(sql: string, done: (error: Error | null, connection?: unknown) => void): void;
}

/** Settings of the driver for a mysql:// URL; parameters behind a ? are refused where the configuration is read. */
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
    connectTimeout: 1000,
  };
}

/** How long a statement of a handler may take. */
const QUERY_LIMIT_MS = 1500;
/** How long a connection may take, waiting for a free one included. */
const ACQUIRE_LIMIT_MS = 1200;

/** What the server gives a session of ours that is idle, frozen or gone, before it rolls back and frees its rows. */
const SESSION_IDLE_SECONDS = 60;

function sessionLimits(queryLimitMs: number): string {
  const idleSeconds = Math.max(SESSION_IDLE_SECONDS, Math.ceil(queryLimitMs / 1000));
  return `SET SESSION wait_timeout = ${idleSeconds}, innodb_lock_wait_timeout = 1`;
}

export interface DatabaseAccess {
  /** Absent: the connection is not encrypted. */
  readonly tls?: TlsSettings | undefined;
  /** Asked when the server refuses the login: the URL with the password as it is now, or undefined when it is the same. */
  renewUrl?(refused: string): Promise<string | undefined>;
  readonly queryLimitMs?: number;
}

/** A pool on one database. It connects at first use; every session reads committed data only. */
export function createDatabase(
  url: string,
  poolSize: number,
  { tls, renewUrl, queryLimitMs = QUERY_LIMIT_MS }: DatabaseAccess = {},
): Database {
  const settingsFor = (address: string) => ({
    ...connectionSettings(address),
    // mysql2 looks at the name in the certificate only when it is told to.
    ...(tls === undefined ? {} : { ssl: { ...tls, verifyIdentity: true } }),
  });
  let current = url;
  const config: BoundedConfig = {
    // knex's types take validateConnection for asynchronous, which its own dialects are not
    client: BoundedMySqlClient as unknown as typeof Knex.Client,
    queryLimitMs,
    renewConnection: async () => {
      const renewed = await renewUrl?.(current);
      if (renewed === undefined) return undefined;
      current = renewed;
      return settingsFor(renewed);
    },
    // Else the SQL in an error's message holds the values.
    compileSqlOnError: false,
    connection: settingsFor(url),
    acquireConnectionTimeout: ACQUIRE_LIMIT_MS,
    pool: {
      min: 0,
      max: poolSize,
      idleTimeoutMillis: 30_000,
      // Else a server that goes silent while a connection is set up blocks its place in the pool for half a minute.
      createTimeoutMillis: ACQUIRE_LIMIT_MS,
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
