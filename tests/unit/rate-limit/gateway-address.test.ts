import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientOf } from '#shared/http/client-address.ts';
import { httpEvent } from '#tests/helpers/http-events.ts';
import { forwardedHeaders } from '#tools/container/forwarded-headers.ts';

const SECRET = 'the-secret-of-the-gateway';
const settings = {
  ORIGIN_SECRET: `sha256:${createHash('sha256').update(SECRET).digest('hex')}`,
  CLIENT_ADDRESS_HEADER: 'x-forwarded-for',
};
const GATEWAY = '172.18.0.9';

/** The client for the application, of a request that reached the gateway from an address. */
function clientBehind(remoteAddress: string, headers: IncomingHttpHeaders): string {
  const passed = forwardedHeaders({ headers, socket: { remoteAddress } }, SECRET);
  const requestContext = { http: { sourceIp: GATEWAY } };
  return clientOf(httpEvent({ headers: passed, requestContext } as never), settings);
}

describe('the client of a request through the gateway', () => {
  it.each([
    [{}],
    [{ 'x-forwarded-for': '203.0.113.9' }],
    [{ 'x-forwarded-for': '203.0.113.9', 'x-origin-secret': 'a guess' }],
    [{ 'x-forwarded-for': '203.0.113.9', 'x-origin-secret': `${SECRET}x` }],
  ])('is who called the gateway, whatever the headers say: %j', (headers) => {
    expect(clientBehind('::ffff:198.51.100.7', headers)).toBe('198.51.100.7');
  });

  it('is whom a proxy with the secret names', () => {
    expect(clientBehind('198.51.100.7', { 'x-forwarded-for': '203.0.113.9', 'x-origin-secret': SECRET })).toBe(
      '203.0.113.9',
    );
  });

  it('is not claimed without a secret', () => {
    const passed = forwardedHeaders({ headers: {}, socket: { remoteAddress: '198.51.100.7' } }, undefined);

    expect(passed).toEqual({ 'x-forwarded-for': '198.51.100.7' });
  });
});
