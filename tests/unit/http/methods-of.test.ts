import { describe, expect, it } from 'vitest';
import { methodsOf } from '#shared/http/openapi.ts';

describe('methodsOf', () => {
  it.each([
    ['/', ['GET']],
    ['/api/users/', ['POST', 'GET']],
    ['/api/users', ['POST', 'GET']],
    ['/api/users/7', ['GET', 'PATCH', 'DELETE']],
    ['/api/users/7/', ['GET', 'PATCH', 'DELETE']],
    ['/api/events/x/retry', ['POST']],
  ])('%s accepts %j', (path, methods) => {
    expect(methodsOf(path)).toEqual(methods);
  });

  it.each(['', '/api', '/api/users/7/8', '/api/users//', '/API/users/', '//api/users/', '/apiXusers'])(
    '%s is not a path of the API',
    (path) => {
      expect(methodsOf(path)).toBeUndefined();
    },
  );
});
