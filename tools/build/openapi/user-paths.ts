import { IDEMPOTENCY_KEY } from '#shared/http/parameters.ts';
import { ListUsersQuerySchema } from '#shared/users/user-schemas.ts';
import {
  body,
  failures,
  forOperatorsWhenDeployed,
  type Json,
  jsonContent,
  ok,
  type Paths,
  queryParameters,
  ref,
  userId,
} from './operation-parts.ts';

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A UUID that the client generates. Keys share one namespace and are kept for a day: repeating a key with the same body returns the same answer without another registration; with another body it returns 422.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: IDEMPOTENCY_KEY },
};

const location: Json = {
  schema: { type: 'string', pattern: '^/api/users/[0-9]+$' },
  required: true,
  description: 'The path of the user',
};

const parameters = { id: '$response.body#/id' };
const linksToUser: Json = {
  user: { operationId: 'getUser', parameters },
  change: {
    operationId: 'updateUser',
    parameters,
    requestBody: { lastname: 'Poe', oldPassword: '$request.body#/password' },
  },
  removal: { operationId: 'removeUser', parameters },
};

/** Create, read, update and delete users. */
export function userPaths(): Paths {
  return {
    '/api/users/': {
      post: {
        operationId: 'createUser',
        tags: ['users'],
        summary: 'Register a user and send the welcome mail',
        parameters: [idempotencyKey],
        requestBody: body('CreateUser'),
        responses: {
          '201': ok('The user', jsonContent(ref('User')), { headers: { Location: location }, links: linksToUser }),
          ...failures(
            'INVALID_INPUT',
            'MALFORMED_JSON',
            'EMAIL_TAKEN',
            'PAYLOAD_TOO_LARGE',
            'UNSUPPORTED_MEDIA_TYPE',
            'KEY_REUSED',
            'RATE_LIMITED',
            'OVERLOADED',
            'DEPENDENCY_DOWN',
          ),
        },
      },
      get: {
        operationId: 'listUsers',
        tags: ['users'],
        summary: 'One page of users',
        parameters: queryParameters(ListUsersQuerySchema),
        responses: {
          '200': ok('A page', jsonContent(ref('UserPage'))),
          ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'DEPENDENCY_DOWN'),
        },
        ...forOperatorsWhenDeployed,
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
          ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'NOT_FOUND', 'DEPENDENCY_DOWN'),
        },
        ...forOperatorsWhenDeployed,
      },
      patch: {
        operationId: 'updateUser',
        tags: ['users'],
        summary: 'Update a user after checking the old password',
        parameters: [userId],
        requestBody: body('UpdateUser'),
        responses: {
          '200': ok('The updated user', jsonContent(ref('User'))),
          ...failures(
            'INVALID_INPUT',
            'MALFORMED_JSON',
            'INVALID_CREDENTIALS',
            'EMAIL_TAKEN',
            'NOT_FOUND',
            'CONFLICT',
            'PAYLOAD_TOO_LARGE',
            'UNSUPPORTED_MEDIA_TYPE',
            'RATE_LIMITED',
            'OVERLOADED',
            'DEPENDENCY_DOWN',
          ),
        },
      },
      delete: {
        operationId: 'removeUser',
        tags: ['users'],
        summary: 'Delete a user',
        parameters: [userId],
        responses: {
          '204': { description: 'Deleted' },
          ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'NOT_FOUND', 'DEPENDENCY_DOWN'),
        },
        ...forOperatorsWhenDeployed,
      },
    },
  };
}
