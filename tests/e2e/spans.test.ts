import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApplication, runApplication } from '#tests/helpers/run-application.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { startMailServer } from '#tests/helpers/smtp-server.ts';
import { isEndOfRegistration, kindOf, startSpanCollector } from '#tests/helpers/span-collector.ts';
import { newUser } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const { spans, requests, ...collector } = await startSpanCollector();
const mail = await startMailServer();
let application: RunningApplication;
let stop = async (): Promise<void> => undefined;

beforeAll(async () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%3Db',
    HOT_RELOAD: '0',
  };
  ({ application, stop } = await runApplication({ smtpUrl: mail.url, env }));
});

afterAll(async () => {
  await stop();
  collector.stop();
  await mail.stop();
});

it('a registration is one trace, from HTTP to the confirmation, with the right parents', async () => {
  const response = await sendRequest(application.baseUrl, {
    method: 'POST',
    path: '/api/users/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(newUser()),
  });
  expect(response.status).toBe(201);
  await waitFor(() => spans.some(isEndOfRegistration), { what: 'the last span' });

  const traceId = spans.find(isEndOfRegistration)?.traceId;
  const own = spans.filter((span) => span.traceId === traceId);
  const byId = new Map(own.map((span) => [span.spanId, span]));
  const described = own.map((span) => {
    const { name, parentSpanId = '' } = span;
    const parent = parentSpanId === '' ? '' : ` < ${byId.get(parentSpanId)?.name ?? 'unknown'}`;
    return `${kindOf(span)} ${name}${parent}`;
  });
  expect(described).toEqual(
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
  for (const { startTimeUnixNano, endTimeUnixNano } of own)
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
  const http = own.find(({ name }) => name === 'POST /api/users/');
  expect(http?.attributes).toContainEqual({ key: 'http.response.status_code', value: { doubleValue: 201 } });
  expect(requests[0]?.url).toBe('/v1/traces');
  expect(requests[0]?.headers['x-key']).toBe('a=b');
});

it('continues the trace of the caller', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await sendRequest(application.baseUrl, {
    method: 'GET',
    path: '/tests/responsedata?id=7',
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  await waitFor(() => spans.some((span) => span.traceId === traceId), { what: 'its span' });
  expect(spans.find((span) => span.traceId === traceId)?.parentSpanId).toBe('00f067aa0ba902b7');
});
