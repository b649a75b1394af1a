import { AppError } from '#shared/errors/app-error.ts';
import { errorCodeOf } from '#shared/errors/error-text.ts';

const LOST_CONNECTION = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'EPIPE',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
]);
/** The server became a replica, or was made read-only. */
const READ_ONLY = new Set([
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
]);
const UNREACHABLE = new Set([
  ...LOST_CONNECTION,
  ...READ_ONLY,
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ETIMELIMIT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'HANDSHAKE_SSL_ERROR',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_QUERY_INTERRUPTED',
  'ER_QUERY_TIMEOUT',
  'ER_OUT_OF_RESOURCES',
  'ER_HOST_IS_BLOCKED',
  'EHOSTDOWN',
]);
const TIME_LIMIT = new Set(['ETIMELIMIT', 'ER_QUERY_TIMEOUT']);
const RETRY_TRANSACTION = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);
const CLOSED_STATE = /closed state|connection is closed|server closed the connection/i;

/** The server rejected a statement. Contains neither SQL nor values, which knex writes into its messages. */
class DatabaseError extends Error {
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super(`The database rejected a statement (${code})`);
    this.name = 'DatabaseError';
    this.code = code;
    const frames =
      cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : [];
    this.stack = [`${this.name}: ${this.message}`, ...frames].join('\n');
  }
}

/** MariaDB's code for a statement that exceeded max_statement_time, which the driver has no name for. */
const MARIADB_STATEMENT_TIMEOUT = 1969;

function codeOf(error: unknown): string | undefined {
  const isTimeout = error instanceof Error && 'errno' in error && error.errno === MARIADB_STATEMENT_TIMEOUT;
  return isTimeout ? 'ER_QUERY_TIMEOUT' : errorCodeOf(error);
}

export function isDuplicateKey(error: unknown): boolean {
  return codeOf(error) === 'ER_DUP_ENTRY';
}

export function isLostConnection(error: unknown): boolean {
  return LOST_CONNECTION.has(codeOf(error) ?? '') || (error instanceof Error && CLOSED_STATE.test(error.message));
}

/** The server rejects writes. After a failover, a new connection leads to the new primary. */
export function isReadOnly(error: unknown): boolean {
  return READ_ONLY.has(errorCodeOf(error) ?? '');
}

/** The server refused the user name or password. */
export function isLoginRefused(error: unknown): boolean {
  return codeOf(error) === 'ER_ACCESS_DENIED_ERROR';
}

/** A deadlock or lock wait timeout: the same transaction may succeed when repeated. */
export function isLockConflict(error: unknown): boolean {
  return RETRY_TRANSACTION.has(codeOf(error) ?? '');
}

/** A statement exceeded its time limit, which the server enforces, or its connection was given up. */
export function isTimeLimit(error: unknown): boolean {
  return TIME_LIMIT.has(codeOf(error) ?? '');
}

function isUnreachable(error: unknown): boolean {
  return (
    UNREACHABLE.has(codeOf(error) ?? '') ||
    isLostConnection(error) ||
    isLockConflict(error) ||
    (error instanceof Error && (error.name === 'KnexTimeoutError' || error.name === 'TimeoutError'))
  );
}

/** Converts an error into one that callers may see: AppError DEPENDENCY_DOWN, an AppError as it is, or a DatabaseError. */
export function toDatabaseFailure(error: unknown): unknown {
  if (error instanceof AppError || error instanceof DatabaseError) return error;
  if (isUnreachable(error)) {
    const cause = new DatabaseError(codeOf(error) ?? 'UNREACHABLE', error);
    return new AppError('DEPENDENCY_DOWN', 'The database is not available.', { retryAfterSeconds: 2, cause });
  }
  const code = codeOf(error);
  return code === undefined ? error : new DatabaseError(code, error);
}
