import { isIPv6 } from 'node:net';
import { getConfig } from '#shared/config/config.ts';
import type { Config } from '#shared/config/config-schemas.ts';
import { header, type WithHeaders } from './request.ts';
import { isOneOf } from './secret-digests.ts';

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const GROUPS = 8;
/** A subscriber gets 2^64 addresses or more (RFC 6177). */
const GROUPS_OF_ONE_CLIENT = 4;

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? 0 : GROUPS - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after];
  const network = groups.slice(0, GROUPS_OF_ONE_CLIENT).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

/** 'address:port' and '[address]:port' without the port. CloudFront adds one to IPv6 addresses without brackets. */
function withoutPort(address: string, hasPort: boolean): string {
  const bare = hasPort || /^\[|^\d+\.[\d.]+:/.test(address) ? address.replace(/:\d{1,5}$/, '') : address;
  return bare.replace(/^\[|\]$/g, '');
}

/** The address that the proxy in front of the API saw; undefined if the request did not come through it. */
function forwardedAddress(event: WithHeaders, { ORIGIN_SECRET, CLIENT_ADDRESS_HEADER: name }: ProxySettings) {
  const secret = header(event, 'x-origin-secret');
  if (ORIGIN_SECRET === undefined || secret === undefined || !isOneOf(ORIGIN_SECRET, secret)) return undefined;
  // The proxy appends to what the client sent.
  const last = header(event, name)?.split(',').at(-1)?.trim() ?? '';
  return last === '' ? undefined : withoutPort(last, name.startsWith('cloudfront-'));
}

/** What an API Gateway event for a handler or for the authorizer says about the call. */
export interface Call extends WithHeaders {
  readonly routeKey: string;
  readonly requestContext?: { readonly http?: { readonly sourceIp?: string } };
}

type ProxySettings = Pick<Config, 'ORIGIN_SECRET' | 'CLIENT_ADDRESS_HEADER'>;

/**
 * Identifies a client by its connection's address, for IPv6 by its /64 network. A header counts only in a request that carries
 * the secret of the proxy in front of the API.
 */
export function clientOf(event: Call, settings: ProxySettings = getConfig()): string {
  const address = forwardedAddress(event, settings) ?? event.requestContext?.http?.sourceIp ?? 'unknown';
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? networkOf(address) : address;
}
