import { DOWN } from './examples.ts';
import { eventUuid, failures, forOperators, jsonContent, ok, type Paths, ref } from './operation-parts.ts';

/** Home page and health checks. */
export function systemPaths(): Paths {
  return {
    '/': {
      get: {
        operationId: 'home',
        tags: ['system'],
        summary: 'Links to everything else; a page for clients that accept HTML',
        responses: {
          '200': ok('The links', {
            ...jsonContent(ref('Home')),
            'text/html': { schema: { type: 'string' }, example: '<!doctype html>' },
          }),
          ...failures(),
        },
      },
    },
    '/asyncapi.json': {
      get: {
        operationId: 'asyncapi',
        tags: ['system'],
        summary: 'The AsyncAPI 3 document of the topics',
        responses: {
          '200': ok('The document', {
            'application/json': { schema: { type: 'object' }, example: { asyncapi: '3.0.0' } },
          }),
          ...failures(),
        },
      },
    },
    '/health/live': {
      get: {
        operationId: 'live',
        tags: ['system'],
        summary: 'The process answers and was not asked to stop',
        responses: {
          '200': ok('The process answers', jsonContent(ref('Alive'))),
          ...failures(),
          '503': ok('It was asked to stop', {
            'application/json': { schema: ref('Alive'), example: { status: 'stopping' } },
          }),
        },
      },
    },
    '/health/ready': {
      get: {
        operationId: 'ready',
        tags: ['system'],
        summary: 'Each dependency with its latency, at most 2 s old',
        responses: {
          '200': ok('Up, or degraded', jsonContent(ref('Health'))),
          ...failures(),
          '503': ok('MySQL is down', { 'application/json': { schema: ref('Health'), example: DOWN } }),
        },
      },
    },
  };
}

function figures(operationId: string, summary: string, schema: string) {
  return {
    operationId,
    tags: ['dashboard'],
    summary,
    responses: {
      '200': ok('At most 1 s old', jsonContent(ref(schema))),
      ...failures('UNAUTHORIZED', 'DEPENDENCY_DOWN'),
    },
    ...forOperators,
  };
}

/** The dashboard's data, cached for cheap polling; for operators. */
export function dashboardPaths(): Paths {
  return {
    '/api/pipeline': {
      get: figures('pipeline', 'Events by state, and rates and latencies of the last 15 minutes', 'Pipeline'),
    },
    '/api/deliveries': { get: figures('deliveries', 'Mails by state, and those that are waiting', 'DeliveryOverview') },
    '/api/deliveries/{uuid}': {
      get: {
        operationId: 'getDelivery',
        tags: ['dashboard'],
        summary: 'The mail of one event, once its message was consumed',
        parameters: [eventUuid],
        responses: {
          '200': ok('The delivery', jsonContent(ref('Delivery'))),
          ...failures('INVALID_INPUT', 'UNAUTHORIZED', 'NOT_FOUND', 'DEPENDENCY_DOWN'),
        },
        ...forOperators,
      },
    },
    '/api/consumers': {
      get: {
        ...figures('consumers', 'Lag and batches of the local event source', 'Consumers'),
        responses: {
          '200': ok('The consumers', jsonContent(ref('Consumers'))),
          // NOT_FOUND on AWS, where CloudWatch has the metrics.
          ...failures('UNAUTHORIZED', 'NOT_FOUND', 'DEPENDENCY_DOWN'),
        },
      },
    },
  };
}
