import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import { randomName } from '#tests/helpers/random.ts';
import { INVALID } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const { baseUrl, emailUrl, logFile } = inject('application');
const TEXT = { 'content-type': 'text/plain' };
const ports = [
  ['the users port', baseUrl],
  ['the email port', emailUrl],
] as const;

function logged(text: string) {
  return waitFor(() => readFileSync(logFile, 'utf8').includes(JSON.stringify(text).slice(1, -1)), {
    what: `${text} in the log`,
  });
}

describe.each(ports)('on %s', (_port, base) => {
  it.each(['/tests/responsedata', '/tests/responsedata/', '/tests/requestdata', '/tests/requestdata/'])(
    'GET %s?id=7 returns the id',
    async (path) => {
      const answer = await call('GET', `${path}?id=7`, { base });

      expect(answer).toMatchObject({ status: 200, text: 'Requested id: 7' });
      expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    },
  );

  it.each(['0', '-3', '2147483647', '-2147483648', '007'])('accepts the id %s', async (id) => {
    expect(await call('GET', `/tests/responsedata?id=${id}`, { base })).toMatchObject({
      status: 200,
      text: `Requested id: ${Number(id)}`,
    });
  });

  it.each(['', '?id=', '?id=abc', '?id=1.5', '?id=2147483648', '?id=1&id=2', '?ID=7', '?id=7%20', '?id=1e3'])(
    'rejects the query %j',
    async (query) => {
      for (const path of ['/tests/responsedata', '/tests/requestdata']) {
        expect(await call('GET', `${path}${query}`, { base })).toMatchObject({
          status: 400,
          body: { error: INVALID, errors: { id: 'must be a whole number of 32 bits' } },
        });
      }
    },
  );

  it('POST /tests/firenforget logs its body', async () => {
    const message = randomName('posted "quoted" é😀 ');

    const answer = await call('POST', '/tests/firenforget', { base, body: message, headers: TEXT });

    expect(answer).toMatchObject({ status: 200, text: '' });
    await logged(message);
  });

  it.each(['/tests/firenforget', '/tests/firenforget/'])('GET %s forwards its body', async (path) => {
    const message = randomName('passed é😀 ');
    const started = performance.now();

    const answer = await call('GET', path, { base, body: message, headers: TEXT });

    expect(answer).toMatchObject({ status: 200, text: 'Sent!' });
    expect(performance.now() - started).toBeLessThan(1000);
    await logged(message);
  });

  it('serves the routes of the other port', async () => {
    for (const path of ['/api/users/', '/health/live', '/openapi.json']) {
      expect((await call('GET', path, { base })).status).toBe(200);
    }
    expect((await call('GET', '/nothing', { base })).status).toBe(404);
  });
});

describe('a message', () => {
  it.each(['application/json', 'application/xml', 'application/octet-stream', 'nonsense'])(
    'may have the media type %s',
    async (type) => {
      const message = randomName('{"typed": ');

      const answer = await call('POST', '/tests/firenforget', { body: message, headers: { 'content-type': type } });

      expect(answer.status).toBe(200);
      await logged(message);
    },
  );

  it('may be empty', async () => {
    expect((await call('POST', '/tests/firenforget')).status).toBe(200);
    expect((await call('GET', '/tests/firenforget')).text).toBe('Sent!');
  });

  it('is logged up to 1,000 characters', async () => {
    const message = randomName('long ');

    await call('POST', '/tests/firenforget', { body: `${message}${'x'.repeat(60_000)}`, headers: TEXT });

    await logged(message);
    const line = readFileSync(logFile, 'utf8')
      .split('\n')
      .find((text) => text.includes(message));
    expect(line?.length).toBeLessThan(1500);
    expect(line).toContain(String(message.length + 60_000));
  });

  it('cannot inject a log line', async () => {
    const name = randomName('forged');

    await call('POST', '/tests/firenforget', { body: `x\n{"level":"ERROR","message":"${name}"}`, headers: TEXT });

    await waitFor(() => readFileSync(logFile, 'utf8').includes(name), { what: 'the message' });
    expect(readFileSync(logFile, 'utf8')).not.toContain(`\n{"level":"ERROR","message":"${name}"}`);
  });

  it.each(['GET', 'POST'])('of 64 KiB is accepted by %s, and one byte more is rejected', async (method) => {
    const most = await call(method, '/tests/firenforget', { body: 'm'.repeat(65_536), headers: TEXT });
    const more = await call(method, '/tests/firenforget', { body: 'm'.repeat(65_537), headers: TEXT });

    expect(most.status).toBe(200);
    expect(more).toMatchObject({ status: 413, body: { error: 'Payload too large!' } });
  });

  it("goes to the configured address, whatever the request's headers say", async () => {
    const message = randomName('host ');
    const headers = { ...TEXT, host: 'localhost', 'x-forwarded-host': 'example.invalid', forwarded: 'host=x' };

    const answer = await call('GET', '/tests/firenforget', { body: message, headers });

    expect(answer.text).toBe('Sent!');
    await logged(message);
  });
});
