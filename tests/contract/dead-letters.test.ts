import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { eventWhen, operator } from '#tests/helpers/events.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { INVALID, registered, userPath } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { connectWire } from '#tests/helpers/wire.ts';

interface DeadLetter {
  readonly topic: string;
  readonly eventUuid: string | null;
  readonly eventState: string | null;
  readonly condition: string;
  readonly reason: string;
  readonly record: string | null;
  readonly recordedAt: string;
}

interface Page {
  readonly content: readonly DeadLetter[];
  readonly size: number;
  readonly totalElements: number;
  readonly totalPages: number;
}

const headers = operator();
function list(query = '') {
  return call<Page>('GET', `/api/dead-letters${query}`, { headers });
}
async function find(query: string, matches: (letter: DeadLetter) => boolean): Promise<DeadLetter | undefined> {
  return (await list(`${query}${query === '' ? '?' : '&'}pageSize=100`)).body.content.find(matches);
}

const wire = await connectWire();
afterAll(() => wire.close());

const garbage = randomName('garbage-');
let failed: { uuid: string; email: string };

beforeAll(async () => {
  const user = await registered({ email: `bounce-${randomEmail()}` });
  await wire.write('user.email.send', [{ key: null, value: garbage }]);
  failed = { uuid: (await eventWhen(user.email, 'FAILED')).uuid, email: user.email };
  await waitFor(async () => (await find('', ({ record }) => record === garbage)) !== undefined, {
    what: 'the dead letter of an invalid record',
    timeoutMs: 20_000,
  });
});

describe('GET /api/dead-letters', () => {
  it('lists records that are not events', async () => {
    expect(await find('?event=unknown', ({ record }) => record === garbage)).toMatchObject({
      topic: expect.stringMatching(/user\.email\.send\.dlq$/),
      partition: expect.any(Number),
      offset: expect.any(Number),
      eventUuid: null,
      eventState: null,
      condition: 'PermanentFailure',
      reason: expect.stringContaining('not JSON'),
      recordedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await find('?event=known', ({ record }) => record === garbage)).toBeUndefined();
  });

  it("lists dead letters of our events, with the event's state", async () => {
    const letter = await find('?event=known', ({ eventUuid }) => eventUuid === failed.uuid);

    expect(letter).toMatchObject({ eventState: 'FAILED', reason: expect.stringContaining('5.1.1') });
    expect(letter?.record).toContain(failed.email);
    expect(await find('?event=unknown', ({ eventUuid }) => eventUuid === failed.uuid)).toBeUndefined();
  });

  it('contains no address of a deleted user', async () => {
    const user = await registered({ email: `bounce-${randomEmail()}` });
    const { uuid } = await eventWhen(user.email, 'FAILED');

    await call('DELETE', userPath(user));

    expect(await find('', ({ eventUuid }) => eventUuid === uuid)).toMatchObject({ record: null });
  });

  it('pages like the list of events', async () => {
    expect((await list('?pageSize=1')).body).toMatchObject({ page: 0, size: 1, content: [expect.anything()] });
    expect((await list('/?pageSize=101')).body).toMatchObject({ size: 100 });
    expect((await list('?event=&page=&pageSize=')).body).toMatchObject({ page: 0, size: 20 });
  });

  it.each([
    ['event', 'some'],
    ['event', 'Known'],
    ['page', '-1'],
    ['pageSize', '0'],
  ])('rejects %s=%s', async (parameter, value) => {
    expect(await list(`?${parameter}=${value}`)).toMatchObject({
      status: 400,
      body: { error: INVALID, errors: { [parameter]: expect.any(String) } },
    });
  });
});
