import { describe, expect, it } from 'vitest';
import { AppError, ERROR_CODES, type ErrorCode } from '#shared/errors/app-error.ts';
import { errorResponse } from '#shared/http/error-response.ts';

function bodyOf(error: unknown) {
  return JSON.parse(errorResponse(error, 'f'.repeat(32)).body ?? '');
}

describe('errorResponse', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('maps %s to its status and text', (code) => {
    const response = errorResponse(new AppError(code, 'because'), 'f'.repeat(32));

    const body = JSON.parse(response.body ?? '');
    expect(response.statusCode).toBe(ERROR_CODES[code].status);
    expect(body).toMatchObject({ error: ERROR_CODES[code].error, message: 'because', code, traceId: 'f'.repeat(32) });
    expect(body.status).toBe(response.statusCode);
    expect(new Date(body.time).toISOString()).toBe(body.time);
  });

  it('names the invalid fields', () => {
    expect(bodyOf(new AppError('INVALID_INPUT', 'x', { errors: { name: 'too long' } }))).toMatchObject({
      errors: { name: 'too long' },
    });
  });

  it.each([
    new Error('select secret from users'),
    new TypeError('boom'),
    'text',
    undefined,
    null,
    { code: 'NOT_FOUND' },
  ])('reveals nothing about a bug (%s)', (bug) => {
    const body = bodyOf(bug);

    expect(body).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(Object.keys(body).sort()).toEqual(['code', 'error', 'message', 'status', 'time', 'traceId']);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each([
    [new AppError('DEPENDENCY_DOWN', 'x'), { 'retry-after': '2' }],
    [new AppError('DEPENDENCY_DOWN', 'x', { retryAfterSeconds: 7 }), { 'retry-after': '7' }],
    [new AppError('UNAUTHORIZED', 'x'), { 'www-authenticate': 'Bearer' }],
    [new AppError('NOT_FOUND', 'x'), { 'cache-control': 'no-store' }],
  ])('adds the headers of %s', (error, headers) => {
    expect(errorResponse(error, 't').headers).toMatchObject(headers);
  });
});
