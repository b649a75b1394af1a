import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { type EventPage, eventOf, eventWhen, operator, type PipelineEvent } from '#tests/helpers/events.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { INVALID, registered, userPath } from '#tests/helpers/users.ts';

const { operatorToken } = inject('application');
const headers = operator();
function list(query = '') {
  return call<EventPage>('GET', `/api/events${query}`, { headers });
}
function one(uuid: string) {
  return call<PipelineEvent>('GET', `/api/events/${uuid}`, { headers });
}
function retry(uuid: string) {
  return call<PipelineEvent>('POST', `/api/events/${uuid}/retry`, { headers });
}

async function bounced() {
  const user = await registered({ email: `bounce-${randomEmail()}` });
  return { user, event: await eventWhen(user.email, 'FAILED') };
}

let finished: PipelineEvent;
let failed: PipelineEvent;

beforeAll(async () => {
  const user = await registered();
  [finished, { event: failed }] = await Promise.all([eventWhen(user.email, 'FINISHED'), bounced()]);
});

describe('GET /api/events', () => {
  it('lists the newest first, with their outcome', async () => {
    const { status, body } = await list();

    expect(status).toBe(200);
    expect(body).toMatchObject({ page: 0, size: 20 });
    const times = body.content.map(({ addedAt }) => Date.parse(addedAt));
    expect(times[0]).toBeGreaterThanOrEqual(times.at(-1) ?? 0);
    expect(body.totalElements).toBeGreaterThanOrEqual(2);
    expect(body.totalPages).toBe(Math.ceil(body.totalElements / 20));
  });

  it('accepts a trailing slash, and limits the page to 100', async () => {
    expect(await call('GET', '/api/events/?pageSize=101', { headers })).toMatchObject({ body: { size: 100 } });
  });

  it.each(['PROCESSING', 'FINISHED', 'FAILED'] as const)('filters by %s', async (state) => {
    const { body } = await list(`?state=${state}&pageSize=100`);

    expect(body.content.every(({ eventState }) => eventState === state)).toBe(true);
    if (state === 'FAILED') expect(body.content.length).toBeGreaterThan(0);
  });

  it('pages', async () => {
    const [first, second] = [await list('?pageSize=1&page=0'), await list('?pageSize=1&page=100000')];

    expect(first.body.content).toHaveLength(1);
    expect(second.body.content).toEqual([]);
  });

  it('treats an empty state, page and size as absent', async () => {
    expect(await list('?state=&page=&pageSize=')).toMatchObject({ status: 200, body: { page: 0, size: 20 } });
  });

  it.each([
    ['state', 'nonsense'],
    ['state', 'finished'],
    ['state', 'FAILED&state=FINISHED'],
    ['page', '-1'],
    ['page', 'x'],
    ['pageSize', '0'],
    ['pageSize', '1.5'],
  ])('rejects %s=%s', async (parameter, value) => {
    expect(await list(`?${parameter}=${value}`)).toMatchObject({
      status: 400,
      body: { error: INVALID, errors: { [parameter]: expect.any(String) } },
    });
  });
});

describe('GET /api/events/{uuid}', () => {
  it('returns a mailed event', async () => {
    const answer = await one(finished.uuid);

    expect(answer.body).toMatchObject({ eventState: 'FINISHED', topic: 'user.email.send', reason: null });
    expect(answer.body.attempts).toBeGreaterThanOrEqual(1);
    expect(Date.parse(answer.body.publishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(answer.body.addedAt));
    expect(Date.parse(answer.body.processedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(answer.body.addedAt));
    expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('returns the reason of a failed event', async () => {
    expect(await one(failed.uuid)).toMatchObject({
      body: { eventState: 'FAILED', reason: expect.stringContaining('5.1.1'), userEmail: failed.userEmail },
    });
  });

  it('accepts the uuid in upper case and with a trailing slash', async () => {
    expect(await one(`${finished.uuid.toUpperCase()}/`)).toMatchObject({ status: 200, body: { uuid: finished.uuid } });
  });

  it('returns 404 for an unknown uuid and 400 for a malformed one', async () => {
    expect(await one(randomUUID())).toMatchObject({ status: 404, body: { error: 'Not found!' } });
    expect(await one('nope')).toMatchObject({ status: 400, body: { errors: { uuid: 'must be a UUID' } } });
    expect((await one(`${randomUUID()}x`)).status).toBe(400);
  });
});

describe('POST /api/events/{uuid}/retry', () => {
  it('retries a failed event', async () => {
    const { user, event } = await bounced();

    const answer = await retry(event.uuid);

    expect(answer).toMatchObject({ status: 202, body: { uuid: event.uuid, eventState: 'PROCESSING', reason: null } });
    const again = await eventWhen(user.email, 'FAILED');
    expect(again.reason).toContain('5.1.1');
    expect(Date.parse(again.processedAt ?? '')).toBeGreaterThan(Date.parse(event.processedAt ?? ''));
  });

  it('accepts one of several concurrent calls', async () => {
    const { event } = await bounced();

    const answers = await Promise.all([retry(event.uuid), retry(event.uuid), retry(event.uuid)]);

    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThanOrEqual(1);
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
  });

  it('rejects a finished event', async () => {
    expect(await retry(finished.uuid)).toMatchObject({
      status: 409,
      body: { error: 'Event cannot be retried!', code: 'NOT_RETRIABLE' },
    });
  });

  it('rejects an event whose user was deleted, because the address is erased', async () => {
    const { user, event } = await bounced();
    await call('DELETE', userPath(user));

    expect(await one(event.uuid)).toMatchObject({ body: { eventState: 'FAILED', userEmail: null } });
    expect(await retry(event.uuid)).toMatchObject({ status: 409, body: { code: 'NOT_RETRIABLE' } });
    expect(await eventOf(user.email)).toBeUndefined();
  });

  it('returns 404 for an unknown uuid and 400 for a malformed one', async () => {
    expect((await retry(randomUUID())).status).toBe(404);
    expect((await retry('nope')).status).toBe(400);
  });
});

describe('the operator token', () => {
  const calls = [
    ['GET', '/api/events'],
    ['GET', '/api/dead-letters'],
    ['GET', `/api/events/${randomUUID()}`],
    ['POST', `/api/events/${randomUUID()}/retry`],
  ] as const;

  it.each(calls)('is required for %s %s', async (method, path) => {
    const answer = await call(method, path);

    expect(answer).toMatchObject({ status: 401, body: { error: 'Unauthorized!', code: 'UNAUTHORIZED' } });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('is checked before everything else', async () => {
    expect((await call('GET', '/api/events/nope')).status).toBe(401);
    expect((await call('GET', '/api/events?page=-1')).status).toBe(401);
  });

  it.each([
    ['another token', 'Bearer operator-0000000000'],
    ['more than the token', `Bearer ${operatorToken}x`],
    ['less than the token', `Bearer ${operatorToken.slice(0, -1)}`],
    ['something behind the token', `Bearer ${operatorToken} x`],
    ['another scheme', `Basic ${operatorToken}`],
    ['no scheme', operatorToken],
    ['no token', 'Bearer '],
  ])('is not %s', async (_what, authorization) => {
    expect((await call('GET', '/api/events', { headers: { authorization } })).status).toBe(401);
  });

  it('may not be sent with another value', async () => {
    const headers = { Authorization: [`Bearer ${operatorToken}`, 'Bearer nope'] };

    expect((await call('GET', '/api/events', { headers })).status).toBe(401);
  });

  it.each([
    { authorization: `Bearer ${operatorToken}` },
    { authorization: `bearer   ${operatorToken}` },
    { AUTHORIZATION: `BEARER ${operatorToken}` },
  ])('may be written %o', async (written) => {
    expect((await call('GET', '/api/events', { headers: written })).status).toBe(200);
  });

  it('is not required for users, and may be sent there', async () => {
    expect((await call('GET', '/api/users/')).status).toBe(200);
    expect((await call('GET', '/api/users/', { headers: { authorization: 'Bearer nope' } })).status).toBe(200);
  });
});
