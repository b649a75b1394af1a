import { failures, jsonContent, ok, type Paths, ref } from './operation-parts.ts';

/** What a load balancer and a person want to know first. */
export const systemPaths = (): Paths => ({
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
        '503': ok('MySQL is down', jsonContent(ref('Health'))),
      },
    },
  },
});
