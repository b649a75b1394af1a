import { describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { ABSENT_ID, INVALID, registered, userPath } from '#tests/helpers/users.ts';

const user = await registered();
const shown = { id: user.id, name: user.name, lastname: user.lastname, email: user.email };

describe('GET /api/users/{id}', () => {
  it('returns 200 with exactly the public fields', async () => {
    const answer = await call('GET', userPath(user));

    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual(shown);
  });

  it('returns the same from the cache', async () => {
    await call('GET', userPath(user));

    expect((await call('GET', userPath(user))).body).toEqual(shown);
  });

  it.each([
    ['a trailing slash', `${userPath(user)}/`],
    ['a query that means nothing', `${userPath(user)}?x=1&x=2&%zz`],
    ['a percent-encoded digit', `/api/users/%3${String(user.id).slice(0, 1)}${String(user.id).slice(1)}`],
    ['leading zeros', `/api/users/00${user.id}`],
  ])('returns the same with %s', async (_what, path) => {
    expect(await call('GET', path)).toMatchObject({ status: 200, body: shown });
  });

  it('ignores a body, an odd cookie and a media type', async () => {
    const headers = { 'content-type': 'application/json', cookie: 'a=b; =c;;; "' };

    expect(await call('GET', userPath(user), { headers, body: '{oops' })).toMatchObject({ status: 200, body: shown });
  });

  it('returns the whole response to a range request', async () => {
    expect(await call('GET', userPath(user), { headers: { range: 'bytes=0-3' } })).toMatchObject({
      status: 200,
      body: shown,
    });
  });

  it('responds to HEAD as to GET, without the body', async () => {
    const answer = await sendRequest(inject('application').baseUrl, { method: 'HEAD', path: userPath(user) });

    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(JSON.stringify(shown))));
  });

  it.each([ABSENT_ID, 0, '9223372036854775807', '9'.repeat(19)])('returns 404 for the id %s', async (id) => {
    expect(await call('GET', `/api/users/${id}`)).toMatchObject({
      status: 404,
      body: { error: 'Not found!', message: 'User with this id does not exists!', code: 'NOT_FOUND', status: 404 },
    });
  });

  it.each([
    'abc',
    '1.5',
    '-1',
    '+1',
    '9'.repeat(30),
    '1%20or%201=1',
    "1'",
    '%00',
    '0x10',
    '1e3',
    ';x',
    '%D9%A1',
    '1%2F2',
  ])('returns 400 for the id %s', async (id) => {
    expect(await call('GET', `/api/users/${id}`)).toMatchObject({
      status: 400,
      body: { error: INVALID, errors: { id: 'must be a whole number' } },
    });
  });

  it('returns 400 for a path that cannot be decoded', async () => {
    expect(await call('GET', '/api/users/%zz')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  });

  it('serves many concurrent readers of one user', async () => {
    const fresh = await registered();

    const answers = await Promise.all(Array.from({ length: 20 }, () => call('GET', userPath(fresh))));

    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});
