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
});
