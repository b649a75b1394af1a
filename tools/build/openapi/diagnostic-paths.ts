import { DiagnosticsQuerySchema } from '#shared/system/system-schemas.ts';
import { failures, type Json, ok, type Paths, queryParameters, textContent } from './operation-parts.ts';

const anyText: Json = { required: false, content: textContent('hello') };

/** The three diagnostic addresses of the services that this replaces. */
export function diagnosticPaths(): Paths {
  return {
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
        requestBody: anyText,
        responses: { '200': { description: 'Logged' }, ...failures('PAYLOAD_TOO_LARGE') },
      },
      get: {
        operationId: 'passMessageOn',
        tags: ['diagnostics'],
        summary: 'Passes its body on to POST /tests/firenforget without waiting for the answer',
        responses: { '200': ok('Sent', textContent('Sent!')), ...failures('PAYLOAD_TOO_LARGE') },
      },
    },
  };
}
