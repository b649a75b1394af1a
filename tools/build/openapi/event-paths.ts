import { ListDeadLettersQuerySchema, ListEventsQuerySchema } from '#shared/outbox/outbox-schemas.ts';
import {
  eventUuid,
  failures,
  forOperators,
  type Json,
  jsonContent,
  ok,
  type Paths,
  queryParameters,
  ref,
} from './operation-parts.ts';

const parameters = { uuid: '$response.body#/content/0/uuid' };
const linksToEvent: Json = {
  newest: { operationId: 'getEvent', parameters },
  retry: { operationId: 'retryEvent', parameters },
};

/** The pipeline's state; for operators. */
export function eventPaths(): Paths {
  return {
    '/api/events': {
      get: {
        operationId: 'listEvents',
        tags: ['events'],
        summary: 'The pipeline: one page of events, newest first',
        parameters: queryParameters(ListEventsQuerySchema),
        responses: {
          '200': ok('A page', jsonContent(ref('EventPage')), { links: linksToEvent }),
          ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'DEPENDENCY_DOWN'),
        },
        ...forOperators,
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
        ...forOperators,
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
        ...forOperators,
      },
    },
    '/api/dead-letters': {
      get: {
        operationId: 'listDeadLetters',
        tags: ['events'],
        summary: 'Dead letters, newest first, including those of unknown events',
        parameters: queryParameters(ListDeadLettersQuerySchema),
        responses: {
          '200': ok('A page', jsonContent(ref('DeadLetterPage'))),
          ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'DEPENDENCY_DOWN'),
        },
        ...forOperators,
      },
    },
  };
}
