import { describe, expect, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import type { ErrorBody } from '#tests/helpers/http-events.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { INVALID, newUser, register, registered, userPath } from '#tests/helpers/users.ts';

const JSON_TYPE = 'application/json';
const WORDS = {
  name: 'Name must be between 1 and 20!',
  lastname: 'Last name must be between 1 and 20!',
  email: 'Provide correct email syntax, between 5 and 32!',
  password: 'Password must be between 8 and 25!',
};
const LENGTHS = { name: [1, 20], lastname: [1, 20], password: [8, 25] } as const;

/** An address of exactly this length that no other test uses. */
function emailOf(length: number): string {
  const tail = '@b.io';
  return `${randomName('')
    .padEnd(32, 'x')
    .slice(0, length - tail.length)}${tail}`;
}

function post(body: string | Buffer, contentType: string | string[]) {
  return call('POST', '/api/users/', { body, headers: { 'content-type': contentType } });
}

describe('POST /api/users/', () => {
  it('returns 201 with the user and its location', async () => {
    const user = newUser({ name: 'Zoë', lastname: "O'Neill" });

    const answer = await register(user);

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ id: expect.any(Number), name: 'Zoë', lastname: "O'Neill", email: user.email });
    expect(answer.headers.location).toBe(userPath(answer.body));
    expect((await call('GET', userPath(answer.body))).body).toEqual(answer.body);
  });

  it('returns the same without the trailing slash', async () => {
    const answer = await call('POST', '/api/users', { json: newUser() });

    expect(answer.status).toBe(201);
  });

  it.each([
    ['quotes, markup and emoji', `é"'<b>\\😀`],
    ['a blank', ' '],
    ['another script', '山田太郎'],
    ['what looks like SQL', `'; DROP TABLE x; --`],
  ])('keeps %s unchanged', async (_what, name) => {
    const answer = await register({ name });

    expect(answer.status).toBe(201);
    expect(answer.body.name).toBe(name);
    expect((await call('GET', userPath(answer.body))).body).toEqual(answer.body);
  });

  it.each(['name', 'lastname', 'password'])('returns 400 for a %s that is no string', async (field) => {
    for (const value of [42, true, false, 12345678]) {
      const answer = await call<ErrorBody>('POST', '/api/users/', { json: newUser({ [field]: value }) });

      expect(answer.status).toBe(400);
      expect(Object.keys(answer.body.errors ?? {})).toEqual([field]);
    }
  });

  it('knows an address in its decomposed form', async () => {
    const local = randomName('é');
    await register({ email: `${local}@b.io` });

    const again = await call<ErrorBody>('POST', '/api/users/', {
      json: newUser({ email: `${local.normalize('NFD')}@b.io` }),
    });

    expect(again).toMatchObject({ status: 400, body: { code: 'EMAIL_TAKEN' } });
  });

  it('returns 415 for a body without a media type', async () => {
    expect(await call('POST', '/api/users/', { body: JSON.stringify(newUser()) })).toMatchObject({ status: 415 });
  });

  it('ignores unknown fields', async () => {
    const answer = await register({ id: 1, version: 7, role: 'admin', passwordHash: 'x' });

    expect(answer.status).toBe(201);
    expect(answer.body.id).not.toBe(1);
  });

  it.each([
    ['the very same', (email: string) => email],
    ['one in other case', (email: string) => email.toUpperCase()],
  ])('rejects a taken email: %s', async (_what, variant) => {
    const { email } = await registered();

    const answer = await register({ email: variant(email) });

    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'User with this email already exists!', code: 'EMAIL_TAKEN' },
    });
  });

  it('accepts one of several concurrent registrations of one email', async () => {
    const email = randomEmail();

    const answers = await Promise.all(Array.from({ length: 6 }, () => register({ email })));

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400]);
  });

  it('treats an address with an accent as a different one', async () => {
    const tail = randomEmail();
    await registered({ email: `a${tail}` });

    expect((await register({ email: `ä${tail}` })).status).toBe(201);
  });
});

describe('the fields of a registration', () => {
  const accepted = Object.entries(LENGTHS).flatMap(([field, [min, max]]) => [min, max].map((n) => [field, n] as const));
  const refused = Object.entries(LENGTHS).flatMap(([field, [min, max]]) =>
    [min - 1, max + 1].map((n) => [field, n] as const),
  );

  it.each(accepted)('%s may have %i characters', async (field, length) => {
    for (const character of ['n', 'é', '😀']) {
      expect((await register({ [field]: character.repeat(length) })).status).toBe(201);
    }
  });

  it.each(refused)('%s may not have %i characters', async (field, length) => {
    for (const character of ['n', '😀']) {
      const answer = await register({ [field]: character.repeat(length) });
      expect(answer).toMatchObject({
        status: 400,
        body: { error: INVALID, code: 'INVALID_INPUT', errors: { [field]: WORDS[field as keyof typeof WORDS] } },
      });
    }
  });

  it.each(['a@b.c', emailOf(6), emailOf(32)])('email may have the length of %s', async (email) => {
    expect((await register({ email })).status).toBe(201);
  });

  it.each([
    ['too short', 'a@b.'],
    ['too long', emailOf(33)],
    ['without @', 'plainaddress'],
    ['without a local part', '@b.io.example'],
    ['without a domain', 'someone@'],
    ['with two @', 'a@@b.example'],
    ['with a blank', 'a b@c.example'],
    ['with a line break', 'x@b.io\r\nBcc: y@b.io'],
    ['with two recipients', 'a@b.io,c@d.io'],
    ['with a name', 'Ann <a@b.io>'],
    ['with half a character', 'a\ud83d@b.io'],
    ['blank', '     '],
  ])('email may not be %s', async (_what, email) => {
    const answer = await register({ email });

    expect(answer).toMatchObject({ status: 400, body: { error: INVALID, errors: { email: WORDS.email } } });
  });

  it.each(Object.keys(WORDS))('%s may not be missing, null, a list or an object', async (field) => {
    for (const value of [undefined, null, ['x'], { a: 1 }]) {
      const answer = await register({ [field]: value });
      expect(answer).toMatchObject({ status: 400, body: { error: INVALID } });
      expect(Object.keys((answer.body as unknown as { errors: object }).errors)).toEqual([field]);
    }
  });

  it('are all reported when all are invalid', async () => {
    const answer = await call('POST', '/api/users/', { json: {} });

    expect(answer).toMatchObject({ status: 400, body: { error: INVALID, status: 400, errors: WORDS } });
  });

  it('may not contain half a surrogate pair', async () => {
    const answer = await post(
      `{"name":"\\ud83d","lastname":"Lee","email":"${randomEmail()}","password":"x"}`,
      JSON_TYPE,
    );

    expect(answer).toMatchObject({ status: 400, body: { errors: { name: WORDS.name } } });
  });
});

describe('the body of a registration', () => {
  it.each(['{', 'hello', '[]', 'null', '"x"', '7', 'true', '', '{"name":}', '{}{}', "{'name':'x'}"])(
    'is rejected when it is %j',
    async (body) => {
      expect(await post(body, JSON_TYPE)).toMatchObject({
        status: 400,
        body: { error: 'Malformed JSON!', code: 'MALFORMED_JSON' },
      });
    },
  );

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'APPLICATION/JSON',
    'application/vnd.api+json',
  ])('may have the media type %s', async (type) => {
    expect((await post(JSON.stringify(newUser()), type)).status).toBe(201);
  });

  it.each([
    'text/plain',
    'text/json',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json, text/plain',
    'nonsense',
  ])('may not have the media type %s', async (type) => {
    expect(await post(JSON.stringify(newUser()), type)).toMatchObject({
      status: 415,
      body: { error: 'Unsupported media type!', code: 'UNSUPPORTED_MEDIA_TYPE' },
    });
  });

  it('may not have two media types', async () => {
    expect((await post(JSON.stringify(newUser()), [JSON_TYPE, 'text/plain'])).status).toBe(415);
  });

  it('may begin with a byte order mark', async () => {
    expect((await post(`\ufeff${JSON.stringify(newUser())}`, JSON_TYPE)).status).toBe(201);
  });

  it('may be sent in chunks', async () => {
    const headers = { 'content-type': JSON_TYPE, 'transfer-encoding': 'chunked' };

    expect((await call('POST', '/api/users/', { body: JSON.stringify(newUser()), headers })).status).toBe(201);
  });

  it('uses the last of two values for one field', async () => {
    const body = `{"name":"First",${JSON.stringify(newUser({ name: 'Last' })).slice(1)}`;

    expect(await post(body, JSON_TYPE)).toMatchObject({ status: 201, body: { name: 'Last' } });
  });

  it.each([`{"__proto__":{"name":"x"}}`, `{"constructor":{"prototype":{"name":"x"}}}`])(
    'cannot change inherited properties: %s',
    async (body) => {
      const answer = await post(body, JSON_TYPE);

      expect(answer).toMatchObject({ status: 400, body: { errors: WORDS } });
      expect((await register()).status).toBe(201);
    },
  );

  it.each([
    [65_536, 201],
    [65_537, 413],
  ])('of %i bytes returns %i', async (bytes, status) => {
    const user = newUser({ name: 'é' });
    const empty = Buffer.byteLength(JSON.stringify({ ...user, padding: '' }));
    const body = JSON.stringify({ ...user, padding: 'p'.repeat(bytes - empty) });

    const answer = await post(body, JSON_TYPE);

    expect(Buffer.byteLength(body)).toBe(bytes);
    expect(answer.status).toBe(status);
    if (status === 413) expect(answer.body).toMatchObject({ error: 'Payload too large!', code: 'PAYLOAD_TOO_LARGE' });
  });

  it('of 5 MB is rejected without harm', async () => {
    const answer = await post(JSON.stringify(newUser({ name: 'n'.repeat(5_000_000) })), JSON_TYPE);

    expect(answer.status).toBe(413);
    expect((await register()).status).toBe(201);
  });
});
