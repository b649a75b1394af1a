import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { call } from '#tests/helpers/call.ts';
import { eventOf, eventWhen, mailsTo, operator } from '#tests/helpers/events.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { SECRETS } from '#tests/helpers/secret-marks.ts';
import { register } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { connectWire, type NewMessage, type Topic } from '#tests/helpers/wire.ts';

const wire = await connectWire();
const users = createDatabase(inject('application').usersDatabaseUrl, 1);
afterAll(() => Promise.all([wire.close(), users.destroy()]));

const FIELDS = ['uuid', 'eventState', 'userEmail', 'addedAt', 'processedAt'];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const WITHIN = { timeoutMs: 15_000 };

function parsed(value: string | null): Record<string, unknown> {
  return JSON.parse(value ?? '');
}
async function theOnly(topic: Topic, key: string) {
  await waitFor(() => wire.on(topic, key).length > 0, { what: `${key} on ${topic}`, ...WITHIN });
  const [message, ...more] = wire.on(topic, key);
  expect(more).toEqual([]);
  if (message === undefined) throw new Error('no message');
  return message;
}
function mailed(email: string) {
  return waitFor(async () => (await mailsTo(email)).length > 0, { what: `the mail to ${email}`, ...WITHIN });
}

/** A message as our service writes it, for an unknown event. */
function request(fields: Readonly<Record<string, unknown>> = {}) {
  const uuid = randomUUID();
  const userEmail = randomEmail();
  const addedAt = new Date().toISOString();
  const value = { uuid, eventState: 'PROCESSING', userEmail, addedAt, processedAt: null, ...fields };
  return { uuid, userEmail, message: { key: uuid, value: JSON.stringify(value) } };
}

/** A message behind all others of its partition: when it is mailed, they have been processed. */
async function writeAndPass(messages: readonly NewMessage[]): Promise<void> {
  const last = request();
  await wire.write('user.email.send', [...messages, last.message]);
  await mailed(last.userEmail);
}

describe('the wire format', () => {
  it('of a registration is exactly what the old services read and write', async () => {
    const email = randomEmail();
    const [name, lastname] = [randomName('n-'), randomName('l-')];
    const traceId = randomName('').padEnd(32, '5');

    await register({ email, name, lastname }, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });

    const { uuid } = await eventWhen(email, 'FINISHED');
    const [send, sent] = [await theOnly('user.email.send', uuid), await theOnly('user.email.sent', uuid)];
    expect(Object.keys(parsed(send.value))).toEqual(FIELDS);
    expect(parsed(send.value)).toEqual({
      uuid,
      eventState: 'PROCESSING',
      userEmail: email,
      addedAt: expect.stringMatching(ISO),
      processedAt: null,
    });
    expect(Object.keys(parsed(sent.value))).toEqual(FIELDS);
    expect(parsed(sent.value)).toEqual({
      ...parsed(send.value),
      eventState: 'FINISHED',
      processedAt: expect.stringMatching(ISO),
    });
    for (const [message, type] of [[send, 'user.email.send'] as const, [sent, 'user.email.sent'] as const]) {
      expect(message.headers).toEqual({
        ce_specversion: '1.0',
        ce_id: uuid,
        ce_type: type,
        ce_source: '/registration',
        ce_time: expect.stringMatching(ISO),
        'content-type': 'application/json',
        traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
      });
    }
    const everything = JSON.stringify([...wire.on('user.email.send', uuid), ...wire.on('user.email.sent', uuid)]);
    expect(everything).not.toMatch(SECRETS);
    expect(everything).not.toContain(name);
    expect(everything).not.toContain(lastname);
  });

  it('of a failure is a dead letter with the original key that contains the record', async () => {
    const email = `bounce-${randomEmail()}`;
    await register({ email });

    const { uuid } = await eventWhen(email, 'FAILED');

    const letter = parsed((await theOnly('user.email.send.dlq', uuid)).value);
    expect(letter).toMatchObject({
      requestContext: { condition: 'PermanentFailure' },
      responseContext: { functionError: expect.stringContaining('5.1.1') },
      version: '1.0',
    });
    const records: unknown = Object.values(Object(parsed(String(letter['payload']))['records']))[0];
    const record = Array.isArray(records) ? records[0] : undefined;
    expect(parsed(Buffer.from(record.value, 'base64').toString())).toMatchObject({ uuid, userEmail: email });
    expect(wire.on('user.email.sent', uuid)).toEqual([]);
  });
});

describe('a message from a foreign service', () => {
  it.each([
    ['epoch seconds with a fraction', { addedAt: Date.now() / 1000 + 0.000059, processedAt: null }],
    ['fields that nobody knows', { name: 'x', nested: { a: [1] }, version: 9 }],
    ['no more than what is needed', { addedAt: undefined, processedAt: undefined, eventState: undefined }],
    ['a state of its own', { eventState: 'SOMETHING' }],
  ])('with %s is mailed and confirmed', async (_what, fields) => {
    const { uuid, userEmail, message } = request(fields);

    await wire.write('user.email.send', [message]);

    await mailed(userEmail);
    const sent = await theOnly('user.email.sent', uuid);
    expect(Object.keys(parsed(sent.value))).toEqual(FIELDS);
    expect(parsed(sent.value)).toMatchObject({ uuid, userEmail, eventState: 'FINISHED' });
    expect(await mailsTo(userEmail)).toHaveLength(1);
  });

  it('may have another key, no key, and unknown headers', async () => {
    const [one, other] = [request(), request()];

    await wire.write('user.email.send', [
      { ...one.message, key: null },
      {
        ...other.message,
        key: 'x',
        headers: { __TypeId__: 'com.example.Event', traceparent: 'nonsense', twice: ['a', 'b'] },
      },
    ]);

    await Promise.all([mailed(one.userEmail), mailed(other.userEmail)]);
    expect(parsed((await theOnly('user.email.sent', other.uuid)).value)).toMatchObject({ uuid: other.uuid });
  });

  it('confirms its event, whatever state it has', async () => {
    const email = `greylist-${randomEmail()}`;
    await register({ email });
    const event = await eventWhen(email, 'PROCESSING');
    const value = { uuid: event.uuid, eventState: 'PROCESSING', userEmail: email, addedAt: Date.now() / 1000 };

    await wire.write('user.email.sent', [{ value: JSON.stringify({ ...value, processedAt: null }) }]);

    expect(await eventWhen(email, 'FINISHED')).toMatchObject({ uuid: event.uuid, reason: null });
  });
});

describe('a repeated message', () => {
  it('is mailed once, in the same batch or later', async () => {
    const { uuid, userEmail, message } = request();

    await writeAndPass([message, message, { ...message, key: 'other' }]);
    await writeAndPass([message]);

    expect(await mailsTo(userEmail)).toHaveLength(1);
    await waitFor(() => wire.on('user.email.sent', uuid).length > 1, { what: 'the confirmation, repeated', ...WITHIN });
  });

  it('changes nothing after its event has failed', async () => {
    const email = `bounce-${randomEmail()}`;
    await register({ email });
    const { uuid } = await eventWhen(email, 'FAILED');
    const [original] = wire.on('user.email.send', uuid);

    await writeAndPass([{ key: uuid, value: original?.value ?? '' }]);

    expect(await eventOf(email)).toMatchObject({ uuid, eventState: 'FAILED' });
    expect(await mailsTo(email)).toEqual([]);
  });
});

describe('a record that is not a valid message', () => {
  const uuid = randomUUID();
  const garbage: ReadonlyArray<readonly [what: string, value: string | null]> = [
    ['text', 'not JSON'],
    ['nothing', null],
    ['an empty text', ''],
    ['an empty object', '{}'],
    ['a list', '[]'],
    ['no uuid', JSON.stringify({ uuid: 'x', userEmail: 'nobody@here.example' })],
    ['no address', JSON.stringify({ uuid, userEmail: 'nobody' })],
    ['an address with a line break', JSON.stringify({ uuid, userEmail: 'nobody@here.example\r\nBcc: c@d.io' })],
    ['no instant', JSON.stringify({ uuid, userEmail: 'nobody@here.example', addedAt: 'yesterday' })],
    ['far too much', `"${'x'.repeat(200_000)}"`],
  ];

  it('is dead-lettered with its key, and the following records are mailed', async () => {
    const keys = garbage.map(() => randomName('garbage-'));

    await writeAndPass(garbage.map(([, value], index) => ({ key: keys[index] ?? null, value })));

    for (const key of keys) {
      expect(parsed((await theOnly('user.email.send.dlq', key)).value)).toMatchObject({
        requestContext: { condition: 'PermanentFailure' },
        responseContext: { functionError: expect.stringMatching(/^Malformed message: /) },
      });
    }
    expect(await mailsTo('nobody@here.example')).toEqual([]);
  });

  it('on user.email.sent is dead-lettered, fails no event and does not block the following records', async () => {
    const email = randomEmail();
    const key = randomName('garbage-');
    await wire.write('user.email.sent', [{ key, value: 'not JSON' }]);

    await register({ email });

    await eventWhen(email, 'FINISHED');
    await theOnly('user.email.sent.dlq', key);
    await waitFor(
      async () =>
        (await users('dead_letters').where('topic', 'like', '%sent.dlq').where({ record: 'not JSON' })).length === 1,
      { what: 'the dead letter on record' },
    );
  });

  it('on a dead-letter topic is recorded unchanged', async () => {
    const record = randomName('dead-');

    await wire.write('user.email.send.dlq', [{ key: 'x', value: record }, { value: null }]);

    await waitFor(async () => (await users('dead_letters').where({ record })).length === 1, {
      what: 'the dead letter',
    });
  });

  it('includes an unknown event older than 90 days', async () => {
    const addedAt = new Date(Date.now() - 91 * 24 * 60 * 60 * 1000).toISOString();
    const old = request({ addedAt });

    await writeAndPass([old.message]);

    expect(await theOnly('user.email.send.dlq', old.uuid)).toMatchObject({ key: old.uuid });
    expect(await mailsTo(old.userEmail)).toEqual([]);
    expect((await call('GET', `/api/events/${old.uuid}`, { headers: operator() })).status).toBe(404);
  });
});
