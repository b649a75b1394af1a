import { isIPv6 } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

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

/** Identifies a client by its connection's address (never by a header); for IPv6 by its /64 network. */
export function clientOf({ requestContext }: APIGatewayProxyEventV2): string {
  const address = requestContext?.http?.sourceIp ?? 'unknown';
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? networkOf(address) : address;
}
