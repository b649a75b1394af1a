/**
 * Every error code of the API. The HTTP contract fixes `error`; `retriable` means that the same call may succeed later without
 * a change.
 */
export const ERROR_CODES = {
  INVALID_INPUT: { status: 400, error: 'Errors was detected in received data!', retriable: false },
  MALFORMED_JSON: { status: 400, error: 'Malformed JSON!', retriable: false },
  BAD_REQUEST: { status: 400, error: 'Bad request!', retriable: false },
  EMAIL_TAKEN: { status: 400, error: 'User with this email already exists!', retriable: false },
  INVALID_CREDENTIALS: { status: 400, error: 'Invalid credentials!', retriable: false },
  UNAUTHORIZED: { status: 401, error: 'Unauthorized!', retriable: false },
  FORBIDDEN: { status: 403, error: 'Forbidden!', retriable: false },
  NOT_FOUND: { status: 404, error: 'Not found!', retriable: false },
  METHOD_NOT_ALLOWED: { status: 405, error: 'Method not allowed!', retriable: false },
  CONFLICT: { status: 409, error: 'Data conflict!', retriable: true },
  NOT_RETRIABLE: { status: 409, error: 'Event cannot be retried!', retriable: false },
  PAYLOAD_TOO_LARGE: { status: 413, error: 'Payload too large!', retriable: false },
  URI_TOO_LONG: { status: 414, error: 'URI too long!', retriable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, error: 'Unsupported media type!', retriable: false },
  KEY_REUSED: { status: 422, error: 'Idempotency key reused!', retriable: false },
  RATE_LIMITED: { status: 429, error: 'Too many requests!', retriable: true },
  HEADERS_TOO_LARGE: { status: 431, error: 'Headers too large!', retriable: false },
  DEPENDENCY_DOWN: { status: 503, error: 'Service unavailable!', retriable: true },
  OVERLOADED: { status: 503, error: 'Service unavailable!', retriable: true },
  INTERNAL: { status: 500, error: 'Internal server error!', retriable: false },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface AppErrorOptions {
  /** Field name → what is wrong with it. */
  errors?: Record<string, string>;
  retryAfterSeconds?: number;
  /** The methods that the path supports, for METHOD_NOT_ALLOWED. */
  allow?: readonly string[];
  cause?: unknown;
}

/** The error type whose code and message reach the client; any other error becomes a 500 without detail. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: Record<string, string> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.allow = options.allow;
  }

  get retriable(): boolean {
    return ERROR_CODES[this.code].retriable;
  }
}
