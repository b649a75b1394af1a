import { describe, expect, it } from 'vitest';
import { methodsOf } from '#shared/http/methods-of.ts';

describe('the methods of a path', () => {
  it.each([
    ['/', ['GET']],
    ['/api/users/', ['POST', 'GET']],
    ['/api/users', ['POST', 'GET']],
    ['/api/users/7', ['GET', 'PATCH', 'DELETE']],
    ['/api/users/7/', ['GET', 'PATCH', 'DELETE']],
    ['/api/events/x/retry', ['POST']],
  ])('%s takes %j', (path, methods) => {
    expect(methodsOf(path)).toEqual(methods);
  });

  it.each(['', '/api', '/api/users/7/8', '/api/users//', '/API/users/', '//api/users/', '/apiXusers'])(
    '%s is no path of the API',
    (path) => {
      expect(methodsOf(path)).toBeUndefined();
    },
  );
});
