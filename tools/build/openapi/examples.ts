import { ERROR_CODES, type ErrorCode } from '#shared/errors/app-error.ts';

type Json = Record<string, unknown>;

const AT = '2026-01-31T12:00:00.000Z';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const UUID = '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d';

const user = { id: 42, name: 'Ann', lastname: 'Lee', email: 'ann.lee@example.com' };

const event = {
  uuid: UUID,
  eventState: 'FINISHED',
  userEmail: user.email,
  topic: 'user.email.send',
  attempts: 1,
  reason: null,
  addedAt: AT,
  publishedAt: '2026-01-31T12:00:00.021Z',
  processedAt: '2026-01-31T12:00:00.085Z',
  traceId: TRACE_ID,
};

const deadLetter = {
  topic: 'user.email.send.dlq',
  partition: 1,
  offset: 7,
  eventUuid: UUID,
  eventState: 'FAILED',
  condition: 'PermanentFailure',
  reason: 'RCPT TO: 550 5.1.1 no such user',
  record: JSON.stringify({
    uuid: UUID,
    eventState: 'PROCESSING',
    userEmail: user.email,
    addedAt: AT,
    processedAt: null,
  }),
  recordedAt: AT,
};

function page(item: Json): Json {
  return { content: [item], page: 0, size: 20, totalElements: 1, totalPages: 1 };
}
function count(number: number): Json {
  return { count: number, isMore: false };
}
const latency = { p50: 64, p95: 180, p99: 310 };
function up(latencyMs: number): Json {
  return { status: 'up', latencyMs };
}
const down = { status: 'down', latencyMs: 1.2, downSince: AT, downForSeconds: 5, problem: 'ECONNREFUSED' };

const dependencies = {
  mysqlUsers: up(0.6),
  mysqlNotifications: up(0.7),
  redis: up(0.3),
  kafka: up(2.1),
  smtp: up(1.4),
};

/** Schema name → example. */
const EXAMPLES: Readonly<Record<string, Json>> = {
  User: user,
  CreateUser: { name: user.name, lastname: user.lastname, email: user.email, password: 'correct-horse-1' },
  UpdateUser: { name: 'Anna', oldPassword: 'correct-horse-1' },
  UserPage: { ...page(user), size: 10, sortBy: 'id', sortDirection: 'ASC' },
  Event: event,
  EventPage: page(event),
  DeadLetter: deadLetter,
  DeadLetterPage: page(deadLetter),
  Health: { status: 'up', dependencies },
  Alive: { status: 'up' },
  Home: {
    name: 'Registration',
    links: {
      dashboard: '/dashboard',
      swaggerUi: '/swagger-ui/index.html',
      openapi: '/openapi.json',
      health: '/health/ready',
      mails: 'http://127.0.0.1:8025',
    },
  },
  Pipeline: {
    observedAt: AT,
    states: { PROCESSING: count(2), FINISHED: count(1204), FAILED: count(1) },
    unpublished: count(0),
    oldestUnfinishedAt: AT,
    latencyMs: latency,
    minutes: [{ startsAt: AT, registered: 24, finished: 22, failed: 0, latencyMs: latency }],
  },
  Delivery: {
    uuid: UUID,
    status: 'SENT',
    attempts: 0,
    reason: null,
    partition: 1,
    offset: 4711,
    takenInAt: AT,
    nextAttemptAt: null,
    sentAt: AT,
  },
  DeliveryOverview: {
    observedAt: AT,
    states: { PENDING: count(1), SENT: count(1204), FAILED: count(1) },
    waiting: [{ uuid: UUID, attempts: 1, reason: 'RCPT TO: 451 4.7.1 come back later', nextAttemptAt: AT }],
  },
  Consumers: {
    observedAt: AT,
    consumers: [
      {
        function: 'sendWelcomeEmail',
        topic: 'user.email.send',
        group: 'email-service-listener-group',
        lag: 3,
        batchesInFlight: 1,
        records: 1207,
        failedBatches: 0,
      },
    ],
  },
};

/** The health report while MySQL is down. */
export const DOWN: Json = { status: 'down', dependencies: { ...dependencies, mysqlUsers: down } };

/** The example of a referenced schema, as a part of a media type object. */
export function schemaExample({ $ref }: Json): Json {
  const example = EXAMPLES[String($ref).split('/').at(-1) ?? ''];
  return example === undefined ? {} : { example };
}

/** An example message of each error; `errors` where it names fields. */
const MESSAGES: Readonly<Record<ErrorCode, { message: string; errors?: Record<string, string> }>> = {
  INVALID_INPUT: {
    message: 'See errors for what is wrong with each field.',
    errors: { email: 'Provide correct email syntax, between 5 and 32!' },
  },
  MALFORMED_JSON: { message: 'The body is not JSON.' },
  BAD_REQUEST: { message: 'The request could not be understood.' },
  EMAIL_TAKEN: { message: 'Choose another email.' },
  INVALID_CREDENTIALS: { message: 'The old password is not right.' },
  UNAUTHORIZED: { message: 'This call takes the operator token: Authorization: Bearer <token>.' },
  FORBIDDEN: { message: 'This name is not one of the server. Set HTTP_HOST or CORS_ORIGINS to accept it.' },
  NOT_FOUND: { message: 'User with this id does not exists!' },
  METHOD_NOT_ALLOWED: { message: 'This address takes GET, PATCH, DELETE.' },
  CONFLICT: { message: 'This data was modified by another session. Please try again later.' },
  NOT_RETRIABLE: { message: 'The event is FINISHED, or its user was deleted.' },
  PAYLOAD_TOO_LARGE: { message: 'The body is larger than 65536 bytes.' },
  URI_TOO_LONG: { message: 'Path and query are longer than 8192 characters.' },
  UNSUPPORTED_MEDIA_TYPE: { message: 'The body must be application/json.' },
  KEY_REUSED: { message: 'This Idempotency-Key came with another body before.' },
  RATE_LIMITED: { message: 'Too many attempts. Try again in 12 s.' },
  HEADERS_TOO_LARGE: { message: 'The headers are longer than 10240 characters.' },
  DEPENDENCY_DOWN: { message: 'The database is not available.' },
  OVERLOADED: { message: 'Too many passwords are being checked.' },
  INTERNAL: { message: 'Something went wrong on our side.' },
};

/** One example per error code. */
export function errorExamples(codes: readonly ErrorCode[]): Json {
  return Object.fromEntries(
    codes.map((code) => {
      const { status, error } = ERROR_CODES[code];
      const { message, errors } = MESSAGES[code];
      const value = { error, message, time: AT, status, code, traceId: TRACE_ID, ...(errors && { errors }) };
      return [code, { summary: `${code}: ${error}`, value }];
    }),
  );
}
