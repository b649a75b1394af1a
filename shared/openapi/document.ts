import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { DiagnosticsQuerySchema } from '#shared/diagnostics/diagnostics-schemas.ts';
import { ERROR_CODES, type ErrorCode } from '#shared/errors/app-error.ts';
import { DeadLetterPageSchema, DeadLetterSchema, ListDeadLettersQuerySchema } from '#shared/outbox/dead-letter.ts';
import { EventPageSchema, EventSchema, ListEventsQuerySchema } from '#shared/outbox/event.ts';
import {
  CreateUserBodySchema,
  ListUsersQuerySchema,
  UpdateUserBodySchema,
  UserPageSchema,
  UserSchema,
} from '#shared/users/user-schemas.ts';

type Json = Record<string, unknown>;

const ErrorSchema = Type.Object({
  error: Type.String({ examples: ['Not found!'] }),
  message: Type.String({ examples: ['User with this id does not exists!'] }),
  time: Type.String({ format: 'date-time' }),
  status: Type.Integer({ examples: [404] }),
  code: Type.Enum(Object.keys(ERROR_CODES)),
  traceId: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  errors: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'field → what is wrong with it' })),
});

const HealthSchema = Type.Object({
  status: Type.Enum(['up', 'degraded', 'down']),
  dependencies: Type.Record(
    Type.String(),
    Type.Object({
      status: Type.Enum(['up', 'down']),
      latencyMs: Type.Number(),
      downSince: Type.Optional(Type.String({ format: 'date-time' })),
      downForSeconds: Type.Optional(Type.Integer()),
      problem: Type.Optional(Type.String()),
    }),
  ),
});

/** Our own keyword has no place in a published schema. */
const published = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(published);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) => (key === 'errorMessage' ? [] : [[key, published(value)]])),
  );
};

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });
const textContent = (example: string): Json => ({ 'text/plain': { schema: { type: 'string' }, example } });

const ok = (description: string, content: Json, headers?: Json): Json => ({
  description,
  content,
  ...(headers === undefined ? {} : { headers }),
});

/** The error responses of a call, one per status; statuses that share a code list are told apart by `code`. */
const failures = (...codes: ErrorCode[]): Json => {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...codes, 'INTERNAL' as const]) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `${code}: ${ERROR_CODES[code].error}`).join(' · '),
        content: jsonContent(ref('Error')),
      },
    ]),
  );
};

const queryParameters = (schema: TSchema): Json[] => {
  const { properties = {}, required = [] } = JSON.parse(JSON.stringify(schema)) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, definition]) => ({
    name,
    in: 'query',
    required: required.includes(name) && !('default' in definition),
    schema: published(definition),
  }));
};

const userId: Json = { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 }, example: 42 };
const eventUuid: Json = { name: 'uuid', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
const body = (name: string): Json => ({ required: true, content: jsonContent(ref(name)) });
const textBody: Json = { required: true, content: { 'text/plain': { schema: { type: 'string' }, example: 'hello' } } };
const operator: Json = { security: [{ operatorToken: [] }, {}] };

const users = (): Json => ({
  '/api/users/': {
    post: {
      operationId: 'createUser',
      tags: ['users'],
      summary: 'Register a user; the welcome mail follows',
      requestBody: body('CreateUser'),
      responses: {
        '201': ok('The user', jsonContent(ref('User')), {
          Location: { schema: { type: 'string' }, description: 'The path of the user' },
        }),
        ...failures(
          'INVALID_INPUT',
          'MALFORMED_JSON',
          'EMAIL_TAKEN',
          'PAYLOAD_TOO_LARGE',
          'UNSUPPORTED_MEDIA_TYPE',
          'DEPENDENCY_DOWN',
        ),
      },
    },
    get: {
      operationId: 'listUsers',
      tags: ['users'],
      summary: 'One page of users',
      parameters: queryParameters(ListUsersQuerySchema),
      responses: { '200': ok('A page', jsonContent(ref('UserPage'))), ...failures('INVALID_INPUT', 'DEPENDENCY_DOWN') },
    },
  },
  '/api/users/{id}': {
    get: {
      operationId: 'getUser',
      tags: ['users'],
      summary: 'One user',
      parameters: [userId],
      responses: {
        '200': ok('The user', jsonContent(ref('User'))),
        ...failures('INVALID_INPUT', 'NOT_FOUND', 'DEPENDENCY_DOWN'),
      },
    },
    patch: {
      operationId: 'updateUser',
      tags: ['users'],
      summary: 'Change a user who proves the old password',
      parameters: [userId],
      requestBody: body('UpdateUser'),
      responses: {
        '200': ok('The user as it is now', jsonContent(ref('User'))),
        ...failures(
          'INVALID_INPUT',
          'MALFORMED_JSON',
          'INVALID_CREDENTIALS',
          'EMAIL_TAKEN',
          'NOT_FOUND',
          'CONFLICT',
          'PAYLOAD_TOO_LARGE',
          'UNSUPPORTED_MEDIA_TYPE',
          'DEPENDENCY_DOWN',
        ),
      },
    },
    delete: {
      operationId: 'removeUser',
      tags: ['users'],
      summary: 'Delete a user',
      parameters: [userId],
      responses: { '204': { description: 'Deleted' }, ...failures('INVALID_INPUT', 'NOT_FOUND', 'DEPENDENCY_DOWN') },
    },
  },
});

const events = (): Json => ({
  '/api/events': {
    get: {
      operationId: 'listEvents',
      tags: ['events'],
      summary: 'The pipeline: one page of events, newest first',
      parameters: queryParameters(ListEventsQuerySchema),
      responses: {
        '200': ok('A page', jsonContent(ref('EventPage'))),
        ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'DEPENDENCY_DOWN'),
      },
      ...operator,
    },
  },
  '/api/events/{uuid}': {
    get: {
      operationId: 'getEvent',
      tags: ['events'],
      summary: 'One event',
      parameters: [eventUuid],
      responses: {
        '200': ok('The event', jsonContent(ref('Event'))),
        ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'NOT_FOUND', 'DEPENDENCY_DOWN'),
      },
      ...operator,
    },
  },
  '/api/events/{uuid}/retry': {
    post: {
      operationId: 'retryEvent',
      tags: ['events'],
      summary: 'Try a FAILED event again',
      parameters: [eventUuid],
      responses: {
        '202': ok('The event, PROCESSING again', jsonContent(ref('Event'))),
        ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'NOT_FOUND', 'NOT_RETRIABLE', 'DEPENDENCY_DOWN'),
      },
      ...operator,
    },
  },
});

const deadLetters = (): Json => ({
  '/api/dead-letters': {
    get: {
      operationId: 'listDeadLetters',
      tags: ['events'],
      summary: 'What could not be processed, newest first; also what belongs to no event of ours',
      parameters: queryParameters(ListDeadLettersQuerySchema),
      responses: {
        '200': ok('A page', jsonContent(ref('DeadLetterPage'))),
        ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'DEPENDENCY_DOWN'),
      },
      ...operator,
    },
  },
});

const diagnostics = (): Json => ({
  '/tests/responsedata': {
    get: {
      operationId: 'responseData',
      tags: ['diagnostics'],
      summary: 'Tells the id it was asked with',
      parameters: queryParameters(DiagnosticsQuerySchema),
      responses: { '200': ok('The id', textContent('Requested id: 7')), ...failures('INVALID_INPUT') },
    },
  },
  '/tests/requestdata': {
    get: {
      operationId: 'requestData',
      tags: ['diagnostics'],
      summary: 'Asks /tests/responsedata and passes its answer on',
      parameters: queryParameters(DiagnosticsQuerySchema),
      responses: {
        '200': ok('The id', textContent('Requested id: 7')),
        ...failures('INVALID_INPUT', 'DEPENDENCY_DOWN'),
      },
    },
  },
  '/tests/firenforget': {
    post: {
      operationId: 'receiveMessage',
      tags: ['diagnostics'],
      summary: 'Logs its body',
      requestBody: textBody,
      responses: { '200': { description: 'Logged' }, ...failures('PAYLOAD_TOO_LARGE') },
    },
    get: {
      operationId: 'passMessageOn',
      tags: ['diagnostics'],
      summary: 'Passes its body on to POST /tests/firenforget without waiting for the answer',
      responses: { '200': ok('Sent', textContent('Sent!')), ...failures('PAYLOAD_TOO_LARGE') },
    },
  },
});

const system = (): Json => ({
  '/health/live': {
    get: {
      operationId: 'live',
      tags: ['system'],
      summary: 'The process answers',
      responses: { '200': ok('It does', jsonContent({ type: 'object' })) },
    },
  },
  '/health/ready': {
    get: {
      operationId: 'ready',
      tags: ['system'],
      summary: 'Each dependency with its latency',
      responses: {
        '200': ok('Up, or degraded', jsonContent(ref('Health'))),
        '503': ok('MySQL is down', jsonContent(ref('Health'))),
      },
    },
  },
});

/** The OpenAPI 3.1 document, made of the schemas that also make the validators and the types. */
export const openApiDocument = (): Json => ({
  openapi: '3.1.0',
  info: { title: 'Registration', version: '1.0.0', description: 'Users, and the welcome mail that each of them gets' },
  servers: [{ url: '/' }],
  tags: [{ name: 'users' }, { name: 'events' }, { name: 'diagnostics' }, { name: 'system' }],
  paths: { ...users(), ...events(), ...deadLetters(), ...diagnostics(), ...system() },
  components: {
    securitySchemes: {
      operatorToken: { type: 'http', scheme: 'bearer', description: 'OPERATOR_TOKEN; optional in the local stage' },
    },
    schemas: published({
      User: UserSchema,
      CreateUser: CreateUserBodySchema,
      UpdateUser: UpdateUserBodySchema,
      UserPage: UserPageSchema,
      Event: EventSchema,
      EventPage: EventPageSchema,
      DeadLetter: DeadLetterSchema,
      DeadLetterPage: DeadLetterPageSchema,
      Error: ErrorSchema,
      Health: HealthSchema,
    }),
  },
});
