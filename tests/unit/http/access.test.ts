import { beforeAll, describe, expect, it } from 'vitest';
import { requireOperator } from '#shared/http/operator.ts';
import { eventUuidOf, userIdOf } from '#shared/http/path-parameters.ts';
import { httpEvent } from '#tests/helpers/http-events.ts';

const TOKEN = 'a-long-operator-token';

beforeAll(() => {
  process.env['OPERATOR_TOKEN'] = TOKEN;
});

describe('requireOperator', () => {
  it.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}`])('lets %j in', (authorization) => {
    expect(() => requireOperator(httpEvent({ headers: { authorization } }))).not.toThrow();
  });

  it.each([
    undefined,
    '',
    TOKEN,
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN} x`,
    `Bearer ${TOKEN.toUpperCase()}`,
  ])('keeps %j out', (authorization) => {
    expect(() => requireOperator(httpEvent({ headers: { authorization } }))).toThrow(
      expect.objectContaining({ code: 'UNAUTHORIZED' }),
    );
  });
});

describe('path parameters', () => {
  it.each([
    ['1', 1],
    ['0042', 42],
    ['9999999999999999999', 1e19],
  ])('id %s is a number', (id, expected) => {
    expect(userIdOf(httpEvent({ pathParameters: { id } }))).toBe(expected);
  });

  it.each(['', 'x', '-1', '1.0', '1e3', '0x1', ' 1', '1 ', '1'.repeat(20), '１'])('id %j is refused', (id) => {
    expect(() => userIdOf(httpEvent({ pathParameters: { id } }))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', errors: { id: 'must be a whole number' } }),
    );
  });

  it('uuid is read in any case', () => {
    const uuid = '6F1C2F0E-5D5F-4C6E-9B0A-0D7F1E2B3C4D';

    expect(eventUuidOf(httpEvent({ pathParameters: { uuid } }))).toBe(uuid.toLowerCase());
  });

  it.each(['', 'x', '6f1c2f0e5d5f4c6e9b0a0d7f1e2b3c4d', '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d\n'])(
    'uuid %j is refused',
    (uuid) => {
      expect(() => eventUuidOf(httpEvent({ pathParameters: { uuid } }))).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT' }),
      );
    },
  );
});
