import { createHash } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as authorize } from '#functions/system/authorizer.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { eventUuidOf, userIdOf } from '#shared/http/parameters.ts';
import { text } from '#shared/http/response.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';

const TOKEN = 'a-long-operator-token';
/** Configured as a hash only. */
const NEXT_TOKEN = 'another-operator-token';

const handler = httpHandler(operatorOnly(async () => text('in')));
async function statusFor(headers: Record<string, string | undefined>) {
  return (await invoke(handler, httpEvent({ headers: headers as Record<string, string> }))).status;
}

beforeAll(() => {
  process.env['OPERATOR_TOKEN'] = `${TOKEN},sha256:${createHash('sha256').update(NEXT_TOKEN).digest('hex')}`;
});

const RIGHT = [`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}`, `Bearer ${NEXT_TOKEN}`];
const WRONG = [
  undefined,
  '',
  TOKEN,
  'Bearer',
  'Bearer ',
  `Basic ${TOKEN}`,
  `Bearer ${TOKEN}x`,
  `Bearer ${TOKEN} x`,
  `Bearer ${TOKEN},`,
  `Bearer ${TOKEN.toUpperCase()}`,
  `Bearer ${TOKEN},${NEXT_TOKEN}`,
  `Bearer sha256:${createHash('sha256').update(NEXT_TOKEN).digest('hex')}`,
];

describe('operatorOnly', () => {
  it.each(RIGHT)('accepts %j', async (authorization) => {
    expect(await statusFor({ authorization })).toBe(200);
  });

  it.each(WRONG)('rejects %j', async (authorization) => {
    expect(await statusFor({ authorization })).toBe(401);
  });
});

describe('the authorizer', () => {
  const authorized = async (headers: unknown) => (await authorize({ headers } as never)).isAuthorized;

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('reads the header %s', async (name) => {
    expect(await authorized({ [name]: `Bearer ${TOKEN}` })).toBe(true);
    expect(await authorized({ [name]: 'Bearer another-token' })).toBe(false);
  });

  it.each(RIGHT)('accepts %j', async (authorization) => {
    expect(await authorized({ authorization })).toBe(true);
  });

  it.each(WRONG)('rejects %j', async (authorization) => {
    expect(await authorized({ authorization })).toBe(false);
  });

  it.each([undefined, null, {}, [], 'Bearer', { authorization: 7 }])(
    'rejects a request with the headers %j',
    async (headers) => {
      expect(await authorized(headers)).toBe(false);
    },
  );
});

describe('the audit trail of the authorizer', () => {
  afterEach(() => void vi.restoreAllMocks());

  const lines: string[] = [];
  const authorized = async (token: string) => {
    lines.length = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    const requestContext = { http: { sourceIp: '192.0.2.7' } };
    const event = { routeKey: 'GET /api/events', headers: { authorization: `Bearer ${token}` }, requestContext };
    return authorize(event as never);
  };

  it('names who was refused, where, and from where', async () => {
    await authorized('a-token-of-nobody');

    expect(JSON.parse(lines.find((line) => line.includes('"Audit"')) ?? '{}')).toMatchObject({
      action: 'operator call refused',
      operator: `sha256:${createHash('sha256').update('a-token-of-nobody').digest('hex').slice(0, 12)}`,
      client: '192.0.2.7',
      route: 'GET /api/events',
    });
  });

  it('is silent about an operator', async () => {
    await authorized(TOKEN);

    expect(lines.join('')).not.toContain('Audit');
  });
});

describe('path parameters', () => {
  it.each([
    ['1', 1],
    ['0042', 42],
    ['9999999999999999999', 1e19],
  ])('parses id %s', (id, expected) => {
    expect(userIdOf(httpEvent({ pathParameters: { id } }))).toBe(expected);
  });

  it.each(['', 'x', '-1', '1.0', '1e3', '0x1', ' 1', '1 ', '1'.repeat(20), '１'])('rejects id %j', (id) => {
    expect(() => userIdOf(httpEvent({ pathParameters: { id } }))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', errors: { id: 'must be a whole number' } }),
    );
  });

  it('reads a uuid in any case', () => {
    const uuid = '6F1C2F0E-5D5F-4C6E-9B0A-0D7F1E2B3C4D';

    expect(eventUuidOf(httpEvent({ pathParameters: { uuid } }))).toBe(uuid.toLowerCase());
  });

  it.each(['', 'x', '6f1c2f0e5d5f4c6e9b0a0d7f1e2b3c4d', '6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d\n'])(
    'rejects uuid %j',
    (uuid) => {
      expect(() => eventUuidOf(httpEvent({ pathParameters: { uuid } }))).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT' }),
      );
    },
  );
});
