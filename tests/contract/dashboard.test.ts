import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import type { DeliveryOverview, DeliveryView } from '#shared/notifications/delivery-schemas.ts';
import type { Pipeline } from '#shared/outbox/outbox-schemas.ts';
import type { Consumers, Home } from '#shared/system/system-schemas.ts';
import { call } from '#tests/helpers/call.ts';
import { eventWhen, operator } from '#tests/helpers/events.ts';
import { randomEmail, randomName } from '#tests/helpers/random.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { register } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const FIGURES = ['/api/pipeline', '/api/deliveries', '/api/consumers'];

describe('the dashboard’s figures', () => {
  it.each(FIGURES)('GET %s requires the operator token', async (path) => {
    expect(await call('GET', path)).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    const answer = await call('GET', path, { headers: operator() });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('count a registration while it is processed and when it is finished', async () => {
    const email = randomEmail();
    await register({ email });
    await eventWhen(email, 'FINISHED');

    await waitFor(
      async () => {
        const [pipeline, deliveries, consumers] = await Promise.all([
          call<Pipeline>('GET', '/api/pipeline', { headers: operator() }),
          call<DeliveryOverview>('GET', '/api/deliveries', { headers: operator() }),
          call<Consumers>('GET', '/api/consumers', { headers: operator() }),
        ]);
        return (
          pipeline.body.states.FINISHED.count > 0 &&
          pipeline.body.minutes.some(({ registered, latencyMs }) => registered > 0 && latencyMs !== null) &&
          deliveries.body.states.SENT.count > 0 &&
          consumers.body.consumers.some((consumer) => consumer.function === 'sendWelcomeEmail' && consumer.records > 0)
        );
      },
      { what: 'the figures' },
    );
  });
});

/** A route of the local run only, so it is not in the OpenAPI document. */
async function logOf(uuid: string, query = '', headers: Record<string, string> = {}) {
  const path = `/api/events/${uuid}/log${query}`;
  const { status, text } = await sendRequest(inject('application').baseUrl, { method: 'GET', path, headers });
  const { lines = [] }: { lines?: { message: string }[] } = JSON.parse(text);
  return { status, messages: lines.map(({ message }) => message) };
}

describe('one event on the dashboard', () => {
  it('has the delivery of the mail, and the lines of the local log, for operators', async () => {
    const email = randomEmail();
    await register({ email });
    const { uuid, traceId } = await eventWhen(email, 'FINISHED');
    const path = `/api/deliveries/${uuid}`;

    expect((await call('GET', path)).status).toBe(401);
    const delivery = await call<DeliveryView>('GET', path, { headers: operator() });
    expect(delivery.body).toMatchObject({ uuid, status: 'SENT', sentAt: expect.any(String) });
    expect((await logOf(uuid)).status).toBe(401);
    const messages = async () => (await logOf(uuid, `?trace=${traceId}`, operator())).messages;
    await waitFor(async () => (await messages()).includes('Events confirmed'), { what: 'the log' });
    expect(await messages()).toEqual(expect.arrayContaining(['Registration accepted', 'Event published', 'Mail sent']));
  });

  it('has only its own lines when another registration has the same trace', async () => {
    const traceId = randomName('').padEnd(32, '9');
    const uuids: string[] = [];
    for (const email of [randomEmail(), randomEmail()]) {
      await register({ email }, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
      uuids.push((await eventWhen(email, 'FINISHED')).uuid);
    }

    for (const uuid of uuids) {
      const messages = async () => (await logOf(uuid, `?trace=${traceId}`, operator())).messages;
      await waitFor(async () => (await messages()).includes('Events confirmed'), { what: 'the log' });
      expect(await messages()).toHaveLength(4);
    }
  });

  it('has neither for an unknown event', async () => {
    const uuid = randomUUID();
    const delivery = await call('GET', `/api/deliveries/${uuid}`, { headers: operator() });
    expect(delivery).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await logOf(uuid, '', operator())).toEqual({ status: 200, messages: [] });
  });
});

describe('GET /dashboard', () => {
  it.each([
    ['/dashboard', 'text/html'],
    ['/dashboard/', 'text/html'],
    ['/dashboard/main.js', 'text/javascript'],
    ['/dashboard/style.css', 'text/css'],
    ['/dashboard/icon.svg', 'image/svg+xml'],
  ])('%s is %s and loads nothing from other origins', async (path, type) => {
    const { status, headers, text } = await call('GET', path);

    expect(status).toBe(200);
    expect(headers['content-type']).toContain(type);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
  });

  it.each(['/dashboard/main.ts', '/dashboard/package.json', '/dashboard/constructor'])('%s is 404', async (path) => {
    expect((await call('GET', path)).status).toBe(404);
  });
});

describe('GET /', () => {
  it('is JSON for programs', async () => {
    const { status, body, headers } = await call<Home>('GET', '/');

    expect(status).toBe(200);
    expect(headers['vary']).toContain('Accept');
    expect(body.links).toMatchObject({ dashboard: '/dashboard', mails: inject('application').mailsUrl });
    for (const path of [body.links.swaggerUi, body.links.openapi, body.links.health]) {
      expect((await call('GET', path)).status).toBe(200);
    }
  });

  it('is a page for browsers', async () => {
    const { headers, text } = await call('GET', '/', { headers: { accept: 'text/html,*/*;q=0.8' } });

    expect(headers['content-type']).toContain('text/html');
    expect(text).toContain('href="/dashboard"');
  });
});
