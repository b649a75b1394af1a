import { describe, expect, it } from 'vitest';
import { changedFields } from '#shared/users/update-user.ts';
import { fieldErrors } from '#shared/validation/field-errors.ts';

function error(overrides: Record<string, unknown>) {
  return {
    instancePath: '',
    schemaPath: '',
    keyword: 'x',
    params: {},
    message: 'is wrong',
    ...overrides,
  };
}

describe('fieldErrors', () => {
  it.each([
    [[error({ instancePath: '/name' })], {}, { name: 'is wrong' }],
    [[error({ instancePath: '/name' })], { name: 'Name!' }, { name: 'Name!' }],
    [[error({ instancePath: '/name/first/0' })], {}, { name: 'is wrong' }],
    [[error({ params: { missingProperty: 'email' } })], { email: 'Email!' }, { email: 'Email!' }],
    [[error({ params: { missingProperty: 5 } })], {}, { body: 'is wrong' }],
    [[error({})], {}, { body: 'is wrong' }],
    [[error({ instancePath: '/a' }), error({ instancePath: '/a', message: 'second' })], {}, { a: 'is wrong' }],
    [[], {}, {}],
    [null, {}, {}],
    [undefined, {}, {}],
  ])('%j with %j: %j', (errors, messages, expected) => {
    expect(fieldErrors(errors, messages)).toEqual(expected);
  });
});

describe('changedFields', () => {
  const stored = { id: 1, name: 'Ann', lastname: 'Lee', email: 'ann@b.io' };

  it.each([
    [{}, {}],
    [{ name: 'Ann', email: null }, {}],
    [{ name: 'Bea' }, { name: 'Bea' }],
    [
      { name: 'ann', lastname: 'L', email: 'x@b.io' },
      { name: 'ann', lastname: 'L', email: 'x@b.io' },
    ],
    [{ newPassword: 'something-new' }, {}],
  ])('%j changes %j', (body, expected) => {
    expect(changedFields(stored, { oldPassword: 'x', ...body })).toEqual(expected);
  });
});
