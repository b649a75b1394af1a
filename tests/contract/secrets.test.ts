import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { call } from '#tests/helpers/call.ts';
import { allMails, eventWhen } from '#tests/helpers/events.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { SECRETS } from '#tests/helpers/secret-marks.ts';
import { secretsIn, tracesOf } from '#tests/helpers/secret-traces.ts';
import { newUser, patch, randomPassword, registered, userPath } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const { usersDatabaseUrl, notificationsDatabaseUrl, logFile, operatorToken } = inject('application');
const users = createDatabase(usersDatabaseUrl, 2);
const notifications = createDatabase(notificationsDatabaseUrl, 2);
afterAll(() => Promise.all([users.destroy(), notifications.destroy()]));

function rowOf(id: number) {
  return users('users').where({ id }).first();
}

describe('a password', () => {
  it('is stored as argon2id of the configured cost, and in no other form', async () => {
    const user = await registered();

    const row = await rowOf(user.id);

    expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=7168,t=5,p=1\$[\w+/]+\$[\w+/]+$/);
    expect(JSON.stringify(row)).not.toContain(user.password);
  });

  it('has a new salt for every user and every change', async () => {
    const password = randomPassword();
    const [one, other] = [await registered({ password }), await registered({ password })];
    const before = (await rowOf(one.id)).password_hash;

    await patch(one, { oldPassword: password, newPassword: password });

    expect((await rowOf(one.id)).password_hash).not.toBe(before);
    expect((await rowOf(other.id)).password_hash).not.toBe(before);
  });

  it('is in no row of the pipeline', async () => {
    await registered();
    const tables = [users('outbox_events'), users('dead_letters'), notifications('email_deliveries')];

    for (const rows of await Promise.all(tables)) expect(JSON.stringify(rows)).not.toMatch(SECRETS);
  });

  it('appears nowhere after a registration, its mail, a failure of each kind and a repeat', async () => {
    const done = await registered({ email: randomEmail() });
    const bounced = await registered({ email: `bounce${randomEmail()}` });
    const json = newUser();
    const headers = { 'idempotency-key': randomName('key-') };
    await call('POST', '/api/users/', { json, headers });
    await call('POST', '/api/users/', { json, headers });
    await call('POST', '/api/users/', { json: { ...json, password: randomPassword() }, headers });
    await patch(done, { name: 'Bea', oldPassword: done.password, newPassword: randomPassword() });
    await call('GET', userPath(done));
    await eventWhen(done.email, 'FINISHED');
    await eventWhen(bounced.email, 'FAILED');

    const traces = await tracesOf(inject('application'), await allMails());
    for (const [place, texts] of Object.entries(traces)) expect(texts.length, place).toBeGreaterThan(1);
    expect(secretsIn(traces, operatorToken)).toEqual([]);
  });

  it('appears in no log line, whatever the result of the call; nor does a hash or a token', async () => {
    const user = await registered();
    const json = newUser();
    const traceId = randomPassword().slice(5).padEnd(32, 'f');
    const text = { 'content-type': 'text/plain' };
    const broken = { 'content-type': 'application/json' };

    await call('POST', '/api/users/', { json: { ...json, email: user.email } });
    await call('POST', '/api/users/', { json: { ...json, password: 'hush-1', oldPassword: ['hush-2'] } });
    await call('POST', '/api/users/', { body: JSON.stringify(json), headers: text });
    await call('POST', '/api/users/', { body: `${JSON.stringify(json)}}`, headers: broken });
    await call('GET', `/api/users/?sortBy=${json.password}`);
    await call('POST', `/nothing/${json.password}`, { json });
    await call('GET', '/api/events', { headers: { authorization: `Bearer ${operatorToken}x` } });
    await patch(user, { name: 'Bea', oldPassword: randomPassword(), newPassword: randomPassword() });
    await patch(user, { name: 'Bea', oldPassword: user.password, newPassword: randomPassword() });
    await call('DELETE', userPath(user));
    await call('GET', userPath(user), { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });

    await waitFor(() => readFileSync(logFile, 'utf8').includes(traceId), { what: 'the last log line' });
    const log = readFileSync(logFile, 'utf8');
    expect(log.split('\n').filter((line) => SECRETS.test(line))).toEqual([]);
    expect(log).not.toContain(operatorToken);
  });
});
