import { describe, expect, it } from 'vitest';
import * as createUserBody from '#generated/create-user-body.js';
import * as updateUserBody from '#generated/update-user-body.js';
import { fieldErrors } from '#shared/validation/field-errors.ts';

const ANN = { name: 'Ann', lastname: 'Lee', email: 'ann@b.io', password: 'correct-horse' };

function wrongIn({ validate, messages }: typeof createUserBody | typeof updateUserBody, body: unknown): string[] {
  return validate(body) ? [] : Object.keys(fieldErrors(validate.errors, messages));
}

function createWith(fields: Record<string, unknown>) {
  return wrongIn(createUserBody, { ...ANN, ...fields });
}

describe('field lengths in characters', () => {
  it.each([
    ['name', 1, 20],
    ['lastname', 1, 20],
    ['password', 8, 25],
  ])('%s: %i to %i', (field, shortest, longest) => {
    for (const character of ['x', 'ä', '😀', ' ', '\u0000']) {
      expect(createWith({ [field]: character.repeat(shortest) })).toEqual([]);
      expect(createWith({ [field]: character.repeat(longest) })).toEqual([]);
      expect(createWith({ [field]: character.repeat(shortest - 1) })).toEqual([field]);
      expect(createWith({ [field]: character.repeat(longest + 1) })).toEqual([field]);
    }
  });

  it('email: 5 to 32', () => {
    const padded = (length: number) => `${'a'.repeat(length - 5)}@b.io`;

    expect(createWith({ email: 'a@b.c' })).toEqual([]);
    expect(createWith({ email: 'a@bc' })).toEqual(['email']);
    expect(createWith({ email: padded(32) })).toEqual([]);
    expect(createWith({ email: padded(33) })).toEqual(['email']);
  });

  it('rejects half a surrogate pair', () => {
    expect(createWith({ name: 'a\ud800' })).toEqual(['name']);
    expect(createWith({ password: `\udc00${'x'.repeat(10)}` })).toEqual(['password']);
  });
});

describe('email addresses', () => {
  it.each([
    'a@b.io',
    'a.b+c_d-e@b-c.io',
    "o'hara!#$%&*/=?^`{|}~@b.io",
    'ä@b.io',
    '用户@例子.中国',
    'a@localhost',
    'ab@[127.0.0.1]',
    'A@B.IO',
    '1@2.io',
  ])('accepts %s', (email) => {
    expect(createWith({ email })).toEqual([]);
  });

  it.each([
    'plain-text',
    '@b.io.de',
    'abcd@',
    'a@@b.io',
    'a@b@c.io',
    '.a@b.io',
    'a.@b.io',
    'a..b@c.io',
    'a b@c.io',
    'a@b .io',
    'a@-b.io',
    'a@b-.io',
    'a@b..io',
    'a@.b.io',
    'a@b.io.',
    'a@b_c.io',
    'a,b@c.io',
    'a;b@c.io',
    '<a@b.io>',
    'a<b@c.io',
    '"a b"@c.io',
    'a@b.io\n',
    'a@b.io\r\nBcc: c@d.io',
    'a\r\nb@c.io',
    'a\u0000b@c.io',
    'a\u2028b@c.io',
    'a@[1.2.3]',
    'a@b.io,c@d.io',
    'a(b)@c.io',
    'a\ud800@b.io',
    '[x]@c.io',
    ...['\u00ad', '\u061c', '\u200b', '\u200d', '\u200f', '\u202e', '\u2060', '\u2066', '\ufeff', '\u009b'].flatMap(
      (mark) => [`a${mark}b@c.io`, `a@c${mark}d.io`],
    ),
  ])('rejects %j', (email) => {
    expect(createWith({ email })).toEqual(['email']);
  });

  it('are validated in linear time', () => {
    const started = performance.now();

    createWith({ email: `${'a.'.repeat(20_000)}@` });
    createWith({ email: `a@${'a-'.repeat(20_000)}!` });

    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('an update', () => {
  it.each([
    [{ oldPassword: 'x' }, []],
    [{ oldPassword: '', name: null, lastname: null, email: null, newPassword: null }, []],
    [{ oldPassword: 'x', name: 'Bea', newPassword: 'eight-88' }, []],
    [{}, ['oldPassword']],
    [{ oldPassword: null }, ['oldPassword']],
    [{ oldPassword: 'x'.repeat(1025) }, ['oldPassword']],
    [{ oldPassword: 'x', name: '' }, ['name']],
    [{ oldPassword: 'x', email: 'x' }, ['email']],
    [{ oldPassword: 'x', newPassword: 'short' }, ['newPassword']],
    [{ oldPassword: 'x', lastname: {} }, ['lastname']],
    [{ oldPassword: 'x', lastname: false }, ['lastname']],
    [{ oldPassword: 'x', name: 7 }, ['name']],
  ])('reports %j as invalid in %j', (body, expected) => {
    expect(wrongIn(updateUserBody, body)).toEqual(expected);
  });
});
