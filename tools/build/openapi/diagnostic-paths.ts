import { DiagnosticsQuerySchema } from '#shared/system/system-schemas.ts';
import { failures, type Json, ok, type Paths, queryParameters, textContent } from './operation-parts.ts';

const anyText: Json = { required: false, content: textContent('hello') };

/** The diagnostic calls of the replaced services. */
export function diagnosticPaths(): Paths {
  return {
    '/tests/responsedata': {
      get: {
        operationId: 'responseData',
        tags: ['diagnostics'],
        summary: 'Returns the given id',
        parameters: queryParameters(DiagnosticsQuerySchema),
        responses: { '200': ok('The id', textContent('Requested id: 7')), ...failures('INVALID_INPUT') },
      },
    },
    '/tests/requestdata': {
      get: {
        operationId: 'requestData',
        tags: ['diagnostics'],
        summary: 'Calls /tests/responsedata and returns its body',
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
        requestBody: anyText,
        responses: { '200': { description: 'Logged' }, ...failures('PAYLOAD_TOO_LARGE') },
      },
      get: {
        operationId: 'passMessageOn',
        tags: ['diagnostics'],
        summary: 'Forwards its body to POST /tests/firenforget without waiting for the answer',
        responses: { '200': ok('Sent', textContent('Sent!')), ...failures('PAYLOAD_TOO_LARGE') },
      },
    },
  };
}
