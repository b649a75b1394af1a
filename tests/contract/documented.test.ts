import { describe, expect, it } from 'vitest';
import { documentedBy } from '#tests/helpers/documented.ts';
import type { RawAnswer } from '#tests/helpers/send-request.ts';

const ERROR = { error: 'Not found!', status: 404 };
const check = documentedBy({
  openapi: '3.1.0',
  paths: {
    '/things/{id}': {
      get: {
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          '404': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
        },
      },
      delete: { responses: { '204': {} } },
    },
  },
  components: {
    schemas: {
      Thing: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
      Error: {
        type: 'object',
        required: ['error', 'status'],
        properties: { error: { type: 'string' }, status: { type: 'integer' } },
      },
    },
  },
});

function json(status: number, body: unknown): RawAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    text: JSON.stringify(body),
  };
}
function text(status: number, body: string): RawAnswer {
  return {
    status,
    headers: { 'content-type': 'text/plain' },
    text: body,
  };
}

describe('the check of responses against the document', () => {
  it.each([
    ['GET', '/things/7', json(200, { id: 7 })],
    ['GET', '/things/7/?x=1', json(200, { id: 7 })],
    ['GET', '/things/7', json(404, ERROR)],
    ['DELETE', '/things/7', text(204, '')],
    ['PUT', '/things/7', json(404, ERROR)],
    ['GET', '/nothing', json(404, ERROR)],
    ['GET', '/openapi.json', text(200, '{}')],
  ])('accepts %s %s', (method, path, answer) => {
    expect(() => check(method, path, answer)).not.toThrow();
  });

  it.each([
    ['a status that is not documented', 'GET', '/things/7', json(206, { id: 7 })],
    ['a field that is missing', 'GET', '/things/7', json(200, {})],
    ['a field of another type', 'GET', '/things/7', json(200, { id: '7' })],
    ['a field too many', 'GET', '/things/7', json(200, { id: 7, passwordHash: 'x' })],
    ['another media type', 'GET', '/things/7', text(200, '{"id":7}')],
    ['a body where there is none', 'DELETE', '/things/7', text(204, 'gone')],
    ['an error that speaks of another status', 'GET', '/things/7', json(404, { ...ERROR, status: 400 })],
    ['a bug', 'GET', '/things/7', json(500, ERROR)],
    ['an operation that is not documented', 'PUT', '/things/7', json(200, { id: 7 })],
    ['a route that is not documented', 'GET', '/secret', json(200, {})],
    ['an error without the format', 'GET', '/nothing', json(404, { error: 'x' })],
    ['an error that is a page', 'GET', '/nothing', text(404, 'nothing')],
  ])('throws for %s', (_what, method, path, answer) => {
    expect(() => check(method, path, answer)).toThrow('undocumented');
  });
});
