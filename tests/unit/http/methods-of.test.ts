import { describe, expect, it } from 'vitest';
import { documentFor, methodsOf } from '#shared/http/openapi.ts';

describe('methodsOf', () => {
  it.each([
    ['/', ['GET']],
    ['/api/users/', ['POST', 'GET']],
    ['/api/users', ['POST', 'GET']],
    ['/api/users/7', ['GET', 'PATCH', 'DELETE']],
    ['/api/users/7/', ['GET', 'PATCH', 'DELETE']],
    ['/api/events/x/retry', ['POST']],
  ])('%s accepts %j', (path, methods) => {
    expect(methodsOf(path, true)).toEqual(methods);
  });

  it.each(['', '/api', '/api/users/7/8', '/api/users//', '/API/users/', '//api/users/', '/apiXusers'])(
    '%s is not a path of the API',
    (path) => {
      expect(methodsOf(path, true)).toBeUndefined();
    },
  );

  it('knows the diagnostics only where they are served', () => {
    expect(methodsOf('/tests/firenforget', true)).toEqual(['POST', 'GET']);
    expect(methodsOf('/tests/firenforget', false)).toBeUndefined();
    expect(methodsOf('/api/users/', false)).toEqual(['POST', 'GET']);
  });
});

describe('documentFor', () => {
  const pathsWith = (hasDiagnostics: boolean) =>
    JSON.stringify(documentFor({ isLocal: false, hasToken: true, hasDiagnostics }));

  it('lists the diagnostics only where they are served', () => {
    expect(pathsWith(true)).toContain('/tests/firenforget');
    expect(pathsWith(false)).not.toMatch(/\/tests\/|diagnostics/);
  });
});
