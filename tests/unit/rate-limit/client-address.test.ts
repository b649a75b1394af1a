import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { clientOf } from '#shared/http/client-address.ts';
import { httpEvent } from '#tests/helpers/http-events.ts';

function from(sourceIp: string | undefined, headers: Record<string, string> = {}): string {
  return clientOf(httpEvent({ headers, requestContext: { http: { sourceIp } } } as unknown as APIGatewayProxyEventV2));
}

describe('clientOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['not an address', 'not an address'],
    [undefined, 'unknown'],
  ])('maps %s to %s', (address, client) => {
    expect(from(address)).toBe(client);
  });

  it('ignores headers, which any client can set', () => {
    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1', 'x-real-ip': '198.51.100.1' };

    expect(from('192.0.2.7', headers)).toBe('192.0.2.7');
  });

  describe('behind a proxy', () => {
    const secret = 'secret-of-the-proxy';
    const digest = createHash('sha256').update(secret).digest('hex');
    const through = (
      headers: Record<string, string>,
      name = 'cloudfront-viewer-address',
      settings = `sha256:${digest}`,
    ) => {
      const event = { headers, requestContext: { http: { sourceIp: '192.0.2.7' } } };
      return clientOf(httpEvent(event as unknown as APIGatewayProxyEventV2), {
        ORIGIN_SECRET: settings,
        CLIENT_ADDRESS_HEADER: name,
      });
    };

    it.each([
      ['cloudfront-viewer-address', '198.51.100.1:46532', '198.51.100.1'],
      ['cloudfront-viewer-address', '2001:db8:1:2:3:4:5:6:46532', '2001:db8:1:2::/64'],
      ['x-forwarded-for', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
      ['x-forwarded-for', '[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
      ['x-forwarded-for', '2001:db8:1:2::9', '2001:db8:1:2::/64'],
      ['x-forwarded-for', '', '192.0.2.7'],
    ])('takes the last address of %s: %s', (name, value, client) => {
      expect(through({ 'X-Origin-Secret': secret, [name]: value }, name)).toBe(client);
    });

    it('accepts the old and the new secret during a rotation', () => {
      const both = `sha256:${'0'.repeat(64)},sha256:${digest}`;
      const headers = { 'x-origin-secret': secret, 'x-forwarded-for': '198.51.100.1' };

      expect(through(headers, 'x-forwarded-for', both)).toBe('198.51.100.1');
    });

    it.each([{}, { 'x-origin-secret': 'guessed' }, { 'x-origin-secret': '' }])(
      'ignores the header without it: %j',
      (given) => {
        const headers: Record<string, string> = { ...given, 'cloudfront-viewer-address': '198.51.100.1:46532' };
        expect(through(headers)).toBe('192.0.2.7');
      },
    );
  });
});
