import { describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { ABSENT_ID, INVALID, registered, userPath } from '#tests/helpers/users.ts';

const user = await registered();
const shown = { id: user.id, name: user.name, lastname: user.lastname, email: user.email };

describe('GET /api/users/{id}', () => {
  it('answers 200 with exactly the public fields', async () => {
    const answer = await call('GET', userPath(user));

    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual(shown);
  });

  it('gives the same from the cache', async () => {
    await call('GET', userPath(user));

    expect((await call('GET', userPath(user))).body).toEqual(shown);
  });

  it.each([
    ['a trailing slash', `${userPath(user)}/`],
    ['a query that means nothing', `${userPath(user)}?x=1&x=2&%zz`],
    ['a percent-encoded digit', `/api/users/%3${String(user.id).slice(0, 1)}${String(user.id).slice(1)}`],
    ['leading zeros', `/api/users/00${user.id}`],
  ])('answers the same with %s', async (_what, path) => {
    expect(await call('GET', path)).toMatchObject({ status: 200, body: shown });
  });

  it('does not mind a body, an odd cookie or a media type', async () => {
    const headers = { 'content-type': 'application/json', cookie: 'a=b; =c;;; "' };

    expect(await call('GET', userPath(user), { headers, body: '{oops' })).toMatchObject({ status: 200, body: shown });
  });

  it('gives the whole answer to who asks for a part', async () => {
    expect(await call('GET', userPath(user), { headers: { range: 'bytes=0-3' } })).toMatchObject({
      status: 200,
      body: shown,
    });
  });

  it('answers HEAD as GET without the body', async () => {
    const answer = await sendRequest(inject('application').baseUrl, { method: 'HEAD', path: userPath(user) });

    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(JSON.stringify(shown))));
  });

  it.each([ABSENT_ID, 0, '9223372036854775807', '9'.repeat(19)])('answers 404 for the id %s', async (id) => {
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
  ])('answers 400 for the id %s', async (id) => {
    expect(await call('GET', `/api/users/${id}`)).toMatchObject({
      status: 400,
      body: { error: INVALID, errors: { id: 'must be a whole number' } },
    });
  });

  it('answers 400 for a path that cannot be decoded', async () => {
    expect(await call('GET', '/api/users/%zz')).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  });

  it('serves many readers of one user at once', async () => {
    const fresh = await registered();

    const answers = await Promise.all(Array.from({ length: 20 }, () => call('GET', userPath(fresh))));

    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});
