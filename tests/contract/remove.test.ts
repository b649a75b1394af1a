import { afterAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { call } from '#tests/helpers/call.ts';
import { ABSENT_ID, INVALID, patch, register, registered, userPath } from '#tests/helpers/users.ts';

const database = createDatabase(inject('application').usersDatabaseUrl, 2);
afterAll(() => database.destroy());

describe('DELETE /api/users/{id}', () => {
  it('returns 204 without a body and removes the user', async () => {
    const user = await registered();
    await call('GET', userPath(user));

    const answer = await call('DELETE', userPath(user));

    expect(answer).toMatchObject({ status: 204, text: '' });
    expect((await call('GET', userPath(user))).status).toBe(404);
    expect((await call('DELETE', userPath(user))).status).toBe(404);
    expect((await patch(user, { oldPassword: user.password })).status).toBe(404);
    expect(await database('users').where({ id: user.id })).toEqual([]);
  });

  it('accepts a trailing slash, and ignores a body', async () => {
    const user = await registered();
    const headers = { 'content-type': 'application/json' };

    expect((await call('DELETE', `${userPath(user)}/`, { body: '{oops', headers })).status).toBe(204);
  });

  it('frees the email', async () => {
    const user = await registered();
    await call('DELETE', userPath(user));

    const answer = await register({ email: user.email });

    expect(answer.status).toBe(201);
    expect(answer.body.id).not.toBe(user.id);
  });

  it('succeeds for one of several concurrent calls', async () => {
    const user = await registered();

    const answers = await Promise.all(Array.from({ length: 5 }, () => call('DELETE', userPath(user))));

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404, 404]);
  });

  it('returns 404 for an unknown user', async () => {
    expect(await call('DELETE', `/api/users/${ABSENT_ID}`)).toMatchObject({
      status: 404,
      body: { error: 'Not found!', message: 'User with this id does not exists!' },
    });
  });

  it.each(['abc', '1.5', '-1'])('returns 400 for the id %s', async (id) => {
    expect(await call('DELETE', `/api/users/${id}`)).toMatchObject({ status: 400, body: { error: INVALID } });
  });

  it('does not delete the whole collection', async () => {
    expect((await call('DELETE', '/api/users/')).status).toBe(405);
  });
});
