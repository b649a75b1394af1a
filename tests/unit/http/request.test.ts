import { describe, expect, it } from 'vitest';
import * as createUserBody from '#generated/create-user-body.js';
import * as listUsersQuery from '#generated/list-users-query.js';
import { AppError } from '#shared/errors/app-error.ts';
import { bodyText, header, jsonBody, query } from '#shared/http/request.ts';
import { httpEvent } from '#tests/helpers/http-events.ts';

const ANN = { name: 'Ann', lastname: 'Lee', email: 'ann@b.io', password: 'correct-horse' };
const LIMIT = 64 * 1024;

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

function errorsOf(run: () => unknown): Record<string, string> | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof AppError ? error.errors : undefined;
  }
}

function create(body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  return jsonBody(httpEvent({ body, headers }), createUserBody);
}

describe('media types', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json;charset=UTF-8',
    'application/vnd.api+json',
    'application/problem+json ; x=y',
  ])('%s is accepted', (type) => {
    expect(create(JSON.stringify(ANN), { 'content-type': type })).toEqual(ANN);
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/jsonp',
    'application/x-www-form-urlencoded',
    'json',
    '',
    'text/json',
  ])('%j is rejected', (type) => {
    expect(codeOf(() => create(JSON.stringify(ANN), { 'content-type': type }))).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('is required', () => {
    expect(codeOf(() => create(JSON.stringify(ANN), {}))).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it.each(['Content-Type', 'CONTENT-TYPE', 'content-type'])('is read from the header %s', (name) => {
    expect(header(httpEvent({ headers: { [name]: 'a/b' } }), 'content-type')).toBe('a/b');
  });
});

describe('the body', () => {
  it.each([
    [LIMIT, 'none'],
    [LIMIT + 1, 'PAYLOAD_TOO_LARGE'],
  ])('of %i bytes returns %s', (bytes, code) => {
    expect(codeOf(() => bodyText(httpEvent({ body: 'x'.repeat(bytes) })))).toBe(code);
    const base64 = Buffer.alloc(bytes, 'x').toString('base64');
    expect(codeOf(() => bodyText(httpEvent({ body: base64, isBase64Encoded: true })))).toBe(code);
  });

  it('is measured in bytes, not characters', () => {
    expect(codeOf(() => bodyText(httpEvent({ body: 'ä'.repeat(LIMIT / 2 + 1) })))).toBe('PAYLOAD_TOO_LARGE');
  });

  it('is decoded from base64', () => {
    const body = Buffer.from(JSON.stringify({ ...ANN, name: 'Änn' })).toString('base64');

    expect(jsonBody(httpEvent({ body, isBase64Encoded: true }), createUserBody).name).toBe('Änn');
  });

  it.each(['', '{', 'null', '[]', '"text"', '1', 'undefined', '{"a":1}}', "{'a':1}"])('%j is malformed', (body) => {
    expect(codeOf(() => create(body))).toBe('MALFORMED_JSON');
  });

  it('may be absent', () => {
    const { body: _, ...event } = httpEvent();

    expect(codeOf(() => jsonBody(event as never, createUserBody))).toBe('MALFORMED_JSON');
  });

  it('may not contain scalars where text is expected', () => {
    const body = JSON.stringify({ ...ANN, name: 7, lastname: false, password: 12345678 });

    expect(Object.keys(errorsOf(() => create(body)) ?? {})).toEqual(['name', 'lastname', 'password']);
  });

  it('has its address composed before it is measured, and nothing else', () => {
    const decomposed = 'e\u0301\u0323';
    const body = { ...ANN, name: decomposed, email: `${decomposed}@b.io`, password: decomposed.repeat(3) };

    expect(create(JSON.stringify(body))).toEqual({ ...body, email: '\u1eb9\u0301@b.io' });
    // A composed form of 64 characters.
    expect(errorsOf(() => create(JSON.stringify({ ...ANN, email: `${'\u0958'.repeat(27)}@b.io` })))).toHaveProperty(
      'email',
    );
  });

  it('has one error per invalid field, with the messages of the contract', () => {
    expect(errorsOf(() => create('{"name":"","email":"x","password":null}'))).toEqual({
      name: 'Name must be between 1 and 20!',
      lastname: 'Last name must be between 1 and 20!',
      email: 'Provide correct email syntax, between 5 and 32!',
      password: 'Password must be between 8 and 25!',
    });
  });

  it('may contain unknown fields, including __proto__', () => {
    const body = `{"__proto__":{"name":"x"},"constructor":1,${JSON.stringify(ANN).slice(1)}`;

    expect(create(body)).toMatchObject(ANN);
    expect(Object.getPrototypeOf(create(body))).toBe(Object.prototype);
  });
});

describe('the query', () => {
  const list = (parameters: Record<string, string>) =>
    query(httpEvent({ queryStringParameters: parameters }), listUsersQuery, ['page', 'pageSize']);

  it('has defaults', () => {
    const expected = { page: 0, pageSize: 10, sortBy: 'id', sortDirection: 'ASC' };

    expect(query(httpEvent(), listUsersQuery, ['page', 'pageSize'])).toEqual(expected);
    expect(list({ page: '', pageSize: '' })).toEqual(expected);
  });

  it.each([
    [
      { page: '3', pageSize: '500', sortBy: 'email', sortDirection: 'desc' },
      { page: 3, pageSize: 500 },
    ],
    [{ page: '007' }, { page: 7 }],
    [{ unknown: 'x' }, { page: 0 }],
  ])('parses %j', (parameters, expected) => {
    expect(list(parameters)).toMatchObject(expected);
  });

  it.each([
    ['page', '-1'],
    ['page', '1.5'],
    ['page', 'x'],
    ['page', '1e3'],
    ['page', '0x10'],
    ['page', ' 1'],
    ['page', '9'.repeat(30)],
    ['pageSize', '0'],
    ['pageSize', '-5'],
    ['sortBy', 'password_hash'],
    ['sortBy', 'id;drop'],
  ])('rejects %s=%s and names the field', (field, value) => {
    expect(Object.keys(errorsOf(() => list({ [field]: value })) ?? {})).toEqual([field]);
  });
});
