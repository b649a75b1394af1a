import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientOf } from '#shared/http/client-address.ts';
import { httpEvent } from '#tests/helpers/http-events.ts';
import { forwardedHeaders } from '#tools/container/forwarded-headers.ts';
import { createReplicas } from '#tools/container/replicas.ts';

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

  it('reaches the replica', async () => {
    process.env['GATEWAY_SECRET'] = SECRET;
    const seen: IncomingHttpHeaders[] = [];
    const listening = async (answer: RequestListener) => {
      const server = createServer(answer).listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      return (server.address() as AddressInfo).port;
    };
    const port = await listening(({ headers }, response) => {
      seen.push(headers);
      response.end();
    });
    const replicas = createReplicas(port, { find: async () => ['127.0.0.1'] });
    await replicas.refresh();
    const own = await listening((request, response) => void replicas.forward(request, response, port));
    await fetch(`http://127.0.0.1:${own}/`, { headers: { 'x-origin-secret': 'a guess' } });
    delete process.env['GATEWAY_SECRET'];

    expect(seen).toMatchObject([{ 'x-origin-secret': SECRET, 'x-forwarded-for': '127.0.0.1' }]);
  });

  it('is not claimed without a secret', () => {
    const passed = forwardedHeaders({ headers: {}, socket: { remoteAddress: '198.51.100.7' } }, undefined);

    expect(passed).toEqual({ 'x-forwarded-for': '198.51.100.7' });
  });
});
