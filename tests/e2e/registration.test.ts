import { readFile } from 'node:fs/promises';
import { describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { eventWhen, mailsTo, operator } from '#tests/helpers/events.ts';
import { parseMail } from '#tests/helpers/parse-mail.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { register, userPath } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const { invokeUrl } = inject('application');

describe.concurrent('a registration', () => {
  it('is accepted, mailed once and marked FINISHED', async () => {
    const email = randomEmail();
    const traceId = randomName('').padEnd(32, '7');
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

    const answer = await register({ email }, { headers: { traceparent } });

    expect(answer.status).toBe(201);
    const event = await eventWhen(email, 'FINISHED');
    expect(event).toMatchObject({ traceId, attempts: 1, reason: null, topic: 'user.email.send' });
    const mails = await mailsTo(email);
    expect(mails).toHaveLength(1);
    const [mail = ''] = mails;
    const { headers, text, html } = await parseMail(mail);
    expect(headers).toMatchObject({
      to: email,
      subject: 'Welcome to our site!',
      'message-id': `<${event.uuid}@registration.example>`,
      traceparent: expect.stringContaining(`00-${traceId}-`),
      'mime-version': '1.0',
      'content-type': expect.stringMatching(/^multipart\/alternative/),
    });
    expect(headers['from']).toMatch(/^\S+@\S+$/);
    expect(mail.match(/^content-type: text\/\w+/gim)).toEqual(['Content-Type: text/plain', 'Content-Type: text/html']);
    expect(text).toMatch(/^Thank you for creating account!/);
    expect(html).toMatch(/<html[\s\S]*Thank you for creating account![\s\S]*<\/html>/);
  });

  it('is made, confirmed and erased by the probe', async () => {
    const path = '/2015-03-31/functions/registration-local-probe/invocations';
    const { status, text } = await sendRequest(invokeUrl, { method: 'POST', path, body: '{}' });

    expect([status, JSON.parse(text)]).toEqual([200, { seconds: expect.any(Number) }]);
  });

  it('can be traced through the log', async () => {
    const traceId = randomName('').padEnd(32, '8');
    const email = randomEmail();

    await register({ email }, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    await eventWhen(email, 'FINISHED');

    const { logFile } = inject('application');
    const steps = async () =>
      (await readFile(logFile, 'utf8'))
        .split('\n')
        .filter((line) => line.startsWith('{') && line.includes(traceId))
        .map((line): string => JSON.parse(line).message.replace(/^Events relayed$/, 'Event published'));
    const all = ['Registration accepted', 'Event published', 'Mail sent', 'Events confirmed'];
    await waitFor(
      async () => {
        const seen = await steps();
        return all.every((step) => seen.includes(step));
      },
      { what: 'every step in the log' },
    );
  });

  it('of a refused address keeps its trace in the dead letter', async () => {
    const traceId = randomName('').padEnd(32, '9');
    const email = `bounce-${randomEmail()}`;

    await register({ email }, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    await eventWhen(email, 'FAILED');

    const { logFile } = inject('application');
    const lines = async () => (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.includes(traceId));
    await waitFor(async () => (await lines()).some((line) => line.includes('Dead letters recorded')), {
      what: 'the dead letter in the log',
    });
  });

  it('of an address in upper case is mailed', async () => {
    const email = `ж${randomEmail()}`;

    expect((await register({ email })).status).toBe(201);

    await eventWhen(email, 'FINISHED');
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('of a permanently refused address becomes FAILED with the reason', async () => {
    const email = `bounce-${randomEmail()}`;

    await register({ email });

    expect((await eventWhen(email, 'FAILED')).reason).toContain('5.1.1');
    expect(await mailsTo(email)).toEqual([]);
  });

  it('of a temporarily refused address is mailed later', async () => {
    const email = `greylist-${randomEmail()}`;

    await register({ email });

    await waitFor(async () => (await mailsTo(email)).length === 1, { timeoutMs: 40_000, what: 'the mail' });
  });

  it('that is rejected creates no event and no mail', async () => {
    const email = randomEmail();
    await register({ email });
    const { uuid } = await eventWhen(email, 'FINISHED');

    expect((await register({ email })).status).toBe(400);

    const after = await register();
    await eventWhen(after.body.email, 'FINISHED');
    expect((await eventWhen(email, 'FINISHED')).uuid).toBe(uuid);
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('of a deleted user leaves no address behind', async () => {
    const { body: user } = await register();
    const { uuid } = await eventWhen(user.email, 'FINISHED');

    await call('DELETE', userPath(user));

    expect(await call('GET', `/api/events/${uuid}`, { headers: operator() })).toMatchObject({
      body: { eventState: 'FINISHED', userEmail: null },
    });
  });
});
