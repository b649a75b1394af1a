import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { handler as catchAll } from '#functions/system/not-found.ts';
import { corsHeaders, preflightHeaders } from '#shared/http/cors.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { text } from '#shared/http/response.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';

process.env['CORS_ORIGINS'] = 'https://app.example.com,http://localhost:3000';

const ORIGIN = 'https://app.example.com';
const endpoint = httpHandler(async () => text('hello'));
function preflight(rawPath: string, origin: string, method = 'OPTIONS') {
  return invoke(
    catchAll,
    httpEvent({
      rawPath,
      headers: { Origin: origin, 'Access-Control-Request-Method': 'PATCH' },
      requestContext: { http: { method } },
    } as unknown as APIGatewayProxyEventV2),
  );
}

describe('the response to a page of another origin', () => {
  it.each([ORIGIN, 'http://localhost:3000'])('is readable by %s', async (origin) => {
    const { headers } = await invoke(endpoint, httpEvent({ headers: { origin } }));

    expect(headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'origin' });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each([
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://evil.example',
    'null',
    '*',
    '',
    'https://app.example.com,http://localhost:3000',
  ])('is not readable by %j', async (origin) => {
    const { headers } = await invoke(endpoint, httpEvent({ headers: { origin } }));

    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).toMatchObject({ vary: 'origin' });
  });

  it('is readable by every origin when all are allowed, but never with credentials', () => {
    expect(corsHeaders('*', 'https://any.example')).toMatchObject({ 'access-control-allow-origin': '*' });
  });
});

describe('a preflight', () => {
  it('lists the methods of the path and the accepted headers', async () => {
    const { status, headers } = await preflight('/api/users/42', ORIGIN);

    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, PATCH, DELETE',
      'access-control-allow-headers': expect.stringContaining('idempotency-key'),
    });
  });

  it('returns no CORS headers to an unknown origin', async () => {
    const { headers } = await preflight('/api/users/42', 'https://evil.example');

    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(preflightHeaders(ORIGIN, 'https://evil.example', ['GET'])).toEqual({});
  });

  it.each([
    ['/nothing', 'OPTIONS', 404],
    ['/api/users/42', 'PUT', 405],
  ])('is not recognised for %s with %s: %i', async (path, method, status) => {
    expect((await preflight(path, ORIGIN, method)).status).toBe(status);
  });
});
