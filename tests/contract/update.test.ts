import { afterAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { call } from '#tests/helpers/call.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { ABSENT_ID, INVALID, patch, randomPassword, register, registered, userPath } from '#tests/helpers/users.ts';

const database = createDatabase(inject('application').usersDatabaseUrl, 2);
afterAll(() => database.destroy());

function rowOf(id: number) {
  return database('users').where({ id }).first();
}
async function shown(id: number) {
  return (await call('GET', `/api/users/${id}`)).body;
}

describe('PATCH /api/users/{id}', () => {
  it.each([
    ['name', 'Bea'],
    ['lastname', 'Poe'],
    ['name', '😀'.repeat(20)],
  ])('changes the %s to %s and nothing else', async (field, value) => {
    const { password, ...user } = await registered();
    await shown(user.id);

    const answer = await patch(user, { [field]: value, oldPassword: password });

    expect(answer).toMatchObject({ status: 200, body: { ...user, [field]: value } });
    expect(await shown(user.id)).toEqual({ ...user, [field]: value });
    expect(await rowOf(user.id)).toMatchObject({ [field]: value, version: 2 });
  });

  it('changes the email and frees the old one', async () => {
    const user = await registered();
    const email = randomEmail();

    const answer = await patch(user, { email, oldPassword: user.password });

    expect(answer).toMatchObject({ status: 200, body: { email } });
    expect((await register({ email: user.email })).status).toBe(201);
    expect((await register({ email })).status).toBe(400);
  });

  it('changes all fields at once', async () => {
    const user = await registered();
    const wanted = { name: 'A', lastname: 'B', email: randomEmail() };

    const answer = await patch(user, { ...wanted, newPassword: randomPassword(), oldPassword: user.password });

    expect(answer.body).toEqual({ id: user.id, ...wanted });
  });

  it('replaces the password', async () => {
    const user = await registered();
    const next = randomPassword();

    const changed = await patch(user, { oldPassword: user.password, newPassword: next });

    expect(changed.status).toBe(200);
    expect((await patch(user, { name: 'Old', oldPassword: user.password })).status).toBe(400);
    expect((await patch(user, { name: 'New', oldPassword: next })).status).toBe(200);
  });

  it('accepts a trailing slash', async () => {
    const user = await registered();

    const answer = await call('PATCH', `${userPath(user)}/`, { json: { name: 'Bea', oldPassword: user.password } });

    expect(answer.status).toBe(200);
  });

  it.each([
    ['nothing', {}],
    ['only nulls', { name: null, lastname: null, email: null, newPassword: null }],
    ['what it is already', { name: 'Ann' }],
  ])('changes nothing when given %s', async (_what, fields) => {
    const { password, ...user } = await registered();

    const answer = await patch(user, { ...fields, oldPassword: password });

    expect(answer).toMatchObject({ status: 200, body: user });
    expect(await rowOf(user.id)).toMatchObject({ version: 1 });
  });

  it('allows a user to change the case of their own email', async () => {
    const user = await registered();

    expect((await patch(user, { email: user.email.toUpperCase(), oldPassword: user.password })).status).toBe(200);
  });

  it.each(['a wrong one', 'an empty one', 'one that is far too long'])(
    'rejects %s as the old password',
    async (kind) => {
      const user = await registered();
      const oldPassword = { 'a wrong one': randomPassword(), 'an empty one': '' }[kind] ?? 'x'.repeat(1024);

      const answer = await patch(user, { name: 'Bea', oldPassword });

      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'Invalid credentials!', code: 'INVALID_CREDENTIALS' },
      });
      expect(await rowOf(user.id)).toMatchObject({ name: 'Ann', version: 1 });
    },
  );

  it.each([undefined, null, ['x'], { a: 1 }])('requires an old password, not %j', async (oldPassword) => {
    const user = await registered();

    const answer = await patch(user, { name: 'Bea', oldPassword });

    expect(answer).toMatchObject({
      status: 400,
      body: { error: INVALID, errors: { oldPassword: 'The current password is needed!' } },
    });
  });

  it.each([
    ['name', ''],
    ['name', 'n'.repeat(21)],
    ['name', ['x']],
    ['lastname', ''],
    ['lastname', 'n'.repeat(21)],
    ['email', 'nobody'],
    ['email', `${'x'.repeat(28)}@b.io`],
    ['newPassword', 'hush-12'],
    ['newPassword', `hush-${'p'.repeat(21)}`],
  ])('rejects %s = %j', async (field, value) => {
    const user = await registered();

    const answer = await patch(user, { [field]: value, oldPassword: user.password });

    expect(answer).toMatchObject({ status: 400, body: { error: INVALID, errors: { [field]: expect.any(String) } } });
    expect(await rowOf(user.id)).toMatchObject({ version: 1 });
  });

  it("rejects another user's email", async () => {
    const [user, other] = [await registered(), await registered()];

    const answer = await patch(user, { email: other.email, oldPassword: user.password });

    expect(answer).toMatchObject({ status: 400, body: { error: 'User with this email already exists!' } });
    expect(await shown(user.id)).toMatchObject({ email: user.email });
  });

  it('cannot set any other field', async () => {
    const user = await registered();
    const before = await rowOf(user.id);

    const answer = await patch(user, { id: 1, version: 99, password: 'hush-other', oldPassword: user.password });

    expect(answer.status).toBe(200);
    expect(await rowOf(user.id)).toEqual(before);
  });

  it('returns 404 for an unknown user, whatever the password', async () => {
    expect(await patch({ id: ABSENT_ID }, { name: 'Bea', oldPassword: 'x' })).toMatchObject({
      status: 404,
      body: { error: 'Not found!', message: 'User with this id does not exists!' },
    });
  });

  it.each([
    ['an id that is none', 'abc', '{"oldPassword":"x"}', 'application/json', 400],
    ['no JSON', '1', '{', 'application/json', 400],
    ['a list', '1', '[]', 'application/json', 400],
    ['another media type', '1', '{}', 'text/plain', 415],
    ['the media type of a merge', '1', '{}', 'application/merge-patch+json', 400],
    ['more than 64 KiB', '1', JSON.stringify({ name: 'n'.repeat(65_536) }), 'application/json', 413],
  ])('rejects %s', async (_what, id, body, type, status) => {
    const answer = await call('PATCH', `/api/users/${id}`, { body, headers: { 'Content-Type': type } });

    expect(answer.status).toBe(status);
  });
});

describe('concurrent PATCHes', () => {
  it('have one winner per version; the others get 409', async () => {
    const user = await registered();
    const names = Array.from({ length: 12 }, (_, index) => `N${index}`);

    const answers = await Promise.all(names.map((name) => patch(user, { name, oldPassword: user.password })));

    const winners = answers.filter(({ status }) => status === 200);
    const losers = answers.filter(({ status }) => status === 409);
    expect(winners.length + losers.length).toBe(names.length);
    expect(losers.length).toBeGreaterThan(0);
    for (const { body } of losers) expect(body).toMatchObject({ error: 'Data conflict!', code: 'CONFLICT' });
    const row = await rowOf(user.id);
    expect(row).toMatchObject({ version: 1 + winners.length });
    expect(winners.map(({ body }) => body.name)).toContain(row.name);
    expect(await shown(user.id)).toMatchObject({ name: row.name });
  });

  it('of different users do not affect each other', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => registered()));

    const answers = await Promise.all(users.map((user) => patch(user, { name: 'Bea', oldPassword: user.password })));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  });
});
