import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newTrace } from '#shared/observability/trace-context.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const received: Array<{ readonly headers: http.IncomingHttpHeaders; readonly body: string }> = [];
let breaksOff = false;
const collector = http.createServer(async (request, response) => {
  received.push({ headers: request.headers, body: await text(request) });
  if (breaksOff) response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy());
  else response.end('{}');
});
collector.listen(0, '127.0.0.1');
await once(collector, 'listening');
const address = collector.address();
const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

afterAll(() => collector.close());
beforeEach(() => {
  received.length = 0;
  breaksOff = false;
  vi.resetModules();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'createUser');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function callInSpan(): Promise<string> {
  const { inSpan } = await import('#shared/observability/spans.ts');
  return inSpan({ name: 'POST /api/users/', kind: 'server' }, newTrace(), async () => 'registered');
}

it.each([
  ['api-key=a%3Db', 'a=b'],
  ['api-key=100%', '100%'],
])('the headers %j never fail a call: %j is sent', async (headers, expected) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', headers);

  expect(await callInSpan()).toBe('registered');

  await waitFor(() => received.length > 0, { what: 'the span' });
  expect(received[0]?.headers['api-key']).toBe(expected);
  expect(received[0]?.body).toContain('POST /api/users/');
});

it('a collector that breaks off its response does not fail the call', async () => {
  breaksOff = true;

  expect(await callInSpan()).toBe('registered');
  expect(received).toHaveLength(1);
});

it.each(['http://', 'http://127.0.0.1:1'])('the collector %j does not fail the call', async (unusable) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', unusable);

  expect(await callInSpan()).toBe('registered');
});
