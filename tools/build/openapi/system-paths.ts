import { DOWN } from './examples.ts';
import { failures, jsonContent, ok, type Paths, ref } from './operation-parts.ts';

/** What a load balancer and a person want to know first. */
export function systemPaths(): Paths {
  return {
    '/': {
      get: {
        operationId: 'home',
        tags: ['system'],
        summary: 'Where to go from here; a page for those who accept HTML',
        responses: {
          '200': ok('The links', {
            ...jsonContent(ref('Home')),
            'text/html': { schema: { type: 'string' }, example: '<!doctype html>' },
          }),
          ...failures(),
        },
      },
    },
    '/health/live': {
      get: {
        operationId: 'live',
        tags: ['system'],
        summary: 'The process answers',
        responses: { '200': ok('It does', jsonContent(ref('Alive'))), ...failures() },
      },
    },
    '/health/ready': {
      get: {
        operationId: 'ready',
        tags: ['system'],
        summary: 'Each dependency with its latency',
        responses: {
          '200': ok('Up, or degraded', jsonContent(ref('Health'))),
          ...failures(),
          '503': ok('MySQL is down', { 'application/json': { schema: ref('Health'), example: DOWN } }),
        },
      },
    },
  };
}
