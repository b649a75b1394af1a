import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toMessage } from '#shared/messages/event-message.ts';
import { kafkaEvent, recordOf, testEvent } from '#tests/helpers/raw-records.ts';
import { type RunningApplication, runApplication } from '#tests/helpers/run-application.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { startMailServer } from '#tests/helpers/smtp-server.ts';
import { newUser } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links: ReadonlyArray<{ readonly traceId: string; readonly spanId: string }>;
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Readonly<Record<string, unknown>> }>;
}

const spans: Span[] = [];
const requests: http.IncomingMessage[] = [];
const collector = http.createServer(async (request, response) => {
  requests.push(request);
  const { resourceSpans } = JSON.parse(await text(request));
  for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
  response.setHeader('content-type', 'application/json').end('{}');
});
const mail = await startMailServer();
let application: RunningApplication;
let stop = async (): Promise<void> => undefined;

beforeAll(async () => {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const address = collector.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%3Db',
    HOT_RELOAD: '0',
  };
  ({ application, stop } = await runApplication({ smtpUrl: mail.url, env }));
});

afterAll(async () => {
  await stop();
  collector.close();
  await mail.stop();
});

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

const CALLER = '00f067aa0ba902b7';

/** The spans of a trace with their parents, which are `unknown` unless they belong to it. */
function described(traceId: string | undefined): string[] {
  const own = spans.filter((span) => span.traceId === traceId);
  const byId = new Map(own.map((span) => [span.spanId, span.name]));
  byId.set(CALLER, 'the caller');
  return own.map(({ name, kind, parentSpanId = '' }) => {
    const parent = parentSpanId === '' ? '' : ` < ${byId.get(parentSpanId) ?? 'unknown'}`;
    return `${KINDS[kind]} ${name}${parent}`;
  });
}

const PATIENT = { timeout: 10_000 };

it('a registration is one trace, from HTTP to the confirmation, with the right parents', async () => {
  const response = await sendRequest(application.baseUrl, {
    method: 'POST',
    path: '/api/users/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(newUser()),
  });
  expect(response.status).toBe(201);
  const root = () => spans.find(({ name }) => name === 'POST /api/users/');
  await expect
    .poll(() => described(root()?.traceId), PATIENT)
    .toEqual(
      expect.arrayContaining([
        'server POST /api/users/',
        'client register user < POST /api/users/',
        'producer publish event < POST /api/users/',
        'client mark event published < POST /api/users/',
        'consumer process user.email.send < POST /api/users/',
        'client take in messages < process user.email.send',
        'internal deliver welcome mail < POST /api/users/',
        'client send mail < deliver welcome mail',
        'client record sent < process user.email.send',
        'producer publish confirmations < process user.email.send',
        'consumer process user.email.sent < POST /api/users/',
        'client finish events < process user.email.sent',
      ]),
    );
  expect(described(root()?.traceId).filter((text) => text.endsWith('unknown'))).toEqual([]);
  for (const { startTimeUnixNano, endTimeUnixNano } of spans)
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
  expect(root()?.attributes).toContainEqual({ key: 'http.response.status_code', value: { doubleValue: 201 } });
  expect(requests[0]?.url).toBe('/v1/traces');
  expect(requests[0]?.headers['x-key']).toBe('a=b');
});

it('a batch of two registrations is a trace of its own, linked to both', async () => {
  const traceIds = ['a', 'b'].map((digit) => digit.repeat(32));
  const records = traceIds.map((traceId) => {
    const event = { ...testEvent(), eventState: 'PROCESSING', processedAt: null } as const;
    const message = toMessage('user.email.send', { ...event, traceparent: `00-${traceId}-${CALLER}-01` });
    return recordOf(message, { topic: `${application.topicPrefix}user.email.send` });
  });
  await sendRequest(application.invokeUrl, {
    method: 'POST',
    path: '/2015-03-31/functions/registration-local-sendWelcomeEmail/invocations',
    body: JSON.stringify(kafkaEvent(records)),
  });

  const batch = () => spans.find(({ links }) => links.length === 2);
  await expect
    .poll(() => described(batch()?.traceId), PATIENT)
    .toEqual(
      expect.arrayContaining([
        'consumer process user.email.send',
        'client take in messages < process user.email.send',
        'client record sent < process user.email.send',
      ]),
    );
  expect(described(batch()?.traceId).filter((text) => text.endsWith('unknown'))).toEqual([]);
  expect(batch()?.links).toEqual(traceIds.map((traceId) => ({ traceId, spanId: CALLER })));
  for (const traceId of traceIds)
    expect(described(traceId)).toEqual(
      expect.arrayContaining(['internal deliver welcome mail < the caller', 'client send mail < deliver welcome mail']),
    );
});

it('reads, cached or not, have no span of their own', async () => {
  const created = await sendRequest(application.baseUrl, {
    method: 'POST',
    path: '/api/users/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(newUser()),
  });
  const { id }: { id: number } = JSON.parse(created.text);
  for (const digit of ['c', 'd']) {
    const traceId = digit.repeat(32);
    const headers = { traceparent: `00-${traceId}-${CALLER}-01` };
    await sendRequest(application.baseUrl, { method: 'GET', path: `/api/users/${id}`, headers });
    await expect.poll(() => described(traceId), PATIENT).toEqual(['server GET /api/users/{id} < the caller']);
  }
});

it('continues the trace of the caller', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await sendRequest(application.baseUrl, {
    method: 'GET',
    path: '/tests/responsedata?id=7',
    headers: { traceparent: `00-${traceId}-${CALLER}-01` },
  });
  await waitFor(() => spans.some((span) => span.traceId === traceId), { what: 'its span' });
  expect(spans.find((span) => span.traceId === traceId)?.parentSpanId).toBe(CALLER);
});
