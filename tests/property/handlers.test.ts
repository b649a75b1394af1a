import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createUserHandler } from '#functions/users/create.ts';
import { getUserHandler } from '#functions/users/get.ts';
import { listUsersHandler } from '#functions/users/list.ts';
import { updateUserHandler } from '#functions/users/update.ts';
import { ERROR_CODES } from '#shared/errors/app-error.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';

vi.spyOn(process.stdout, 'write').mockImplementation(() => true);

async function unlimited() {
  return async () => undefined;
}
const create = createUserHandler(async ({ name, lastname, email }) => ({ id: 1, name, lastname, email }), unlimited);
const update = updateUserHandler(async (id) => ({ id, name: 'Ann', lastname: 'Lee', email: 'ann@b.io' }), unlimited);
const get = getUserHandler(async (id) => ({ id, name: 'Ann', lastname: 'Lee', email: 'ann@b.io' }));
const list = listUsersHandler(async ({ page, pageSize, sortBy }) => ({
  content: [],
  page,
  size: pageSize,
  sortBy,
  sortDirection: 'ASC',
  totalElements: 0,
  totalPages: 0,
}));

type Answer = Awaited<ReturnType<typeof invoke>>;

/** A success, or an error in the contract's format that is not a 500. */
function expectDocumented({ status, error }: Answer, success: number): void {
  if (status === success) return;
  expect(status).not.toBe(500);
  expect(Object.keys(ERROR_CODES)).toContain(error.code);
  expect(error).toMatchObject({
    error: expect.any(String),
    message: expect.any(String),
    time: expect.any(String),
    status,
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  if (error.code === 'INVALID_INPUT') expect(Object.keys(error.errors ?? {}).length).toBeGreaterThan(0);
}

/** Bodies close to valid ones, to reach more than the first check. */
const nearBody = fc.record(
  {
    name: fc.oneof(fc.string({ unit: 'binary', maxLength: 25 }), fc.anything()),
    lastname: fc.oneof(fc.string({ maxLength: 25 }), fc.constant(null)),
    email: fc.oneof(fc.emailAddress(), fc.string({ maxLength: 40 })),
    password: fc.string({ minLength: 6, maxLength: 27 }),
    oldPassword: fc.string(),
    newPassword: fc.oneof(fc.string({ maxLength: 30 }), fc.constant(null)),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  nearBody.map((value) => {
    try {
      return JSON.stringify(value);
    } catch {
      return '';
    }
  }),
);

describe('any input', () => {
  it('as the body of a create or an update returns a success or a documented error', async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (text, isBase64Encoded) => {
        const sent = isBase64Encoded ? Buffer.from(text).toString('base64') : text;
        const event = httpEvent({ body: sent, isBase64Encoded, pathParameters: { id: '1' } });

        expectDocumented(await invoke(create, event), 201);
        expectDocumented(await invoke(update, event), 200);
      }),
      { numRuns: 1500 },
    );
  });

  it('as bytes or media type returns a success or a documented error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.string(), async (bytes, type) => {
        const event = httpEvent({
          body: Buffer.from(bytes).toString('base64'),
          isBase64Encoded: true,
          headers: { 'Content-Type': type },
        });

        expectDocumented(await invoke(create, event), 201);
      }),
    );
  });

  it('as an id returns a success or a documented error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.bigInt().map(String)), async (id) => {
        expectDocumented(await invoke(get, httpEvent({ pathParameters: { id } })), 200);
      }),
    );
  });

  it('as a query returns a success or a documented error', async () => {
    const name = fc.oneof(fc.constantFrom('page', 'pageSize', 'sortBy', 'sortDirection'), fc.string());
    const value = fc.oneof(fc.string(), fc.integer().map(String));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), async (queryStringParameters) => {
        expectDocumented(await invoke(list, httpEvent({ queryStringParameters })), 200);
      }),
    );
  });
});
