import type { IncomingMessage } from 'node:http';
import { isOneOf } from '#shared/http/secret-digests.ts';

/**
 * The headers of a request for a replica. With a secret they name the client as the app trusts it: in the last entry of
 * x-forwarded-for. A proxy in front that sent the secret has named the client already.
 * @param secret in plain text; the app's ORIGIN_SECRET is its hash
 */
export function forwardedHeaders(
  {
    headers,
    socket,
  }: Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } },
  secret: string | undefined,
): IncomingMessage['headers'] {
  const given = String(headers['x-origin-secret'] ?? '');
  if (secret !== undefined && isOneOf(secret, given)) return headers;
  const forwarded = [headers['x-forwarded-for'], socket.remoteAddress].flat().filter(Boolean).join(', ');
  return { ...headers, 'x-forwarded-for': forwarded, ...(secret === undefined ? {} : { 'x-origin-secret': secret }) };
}
