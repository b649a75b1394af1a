import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { getConfig } from '#shared/config/config.ts';
import { corsHeaders } from './cors.ts';
import { header } from './request.ts';
import type { HttpResponse } from './response.ts';

type Headers = Readonly<Record<string, string>>;

/** Data is no page: should a browser ever take it for one, nothing in it runs. Personal data stays out of shared caches. */
export const FOR_DATA: Headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** Pages load what lies beside them, and nothing from anywhere else. Swagger UI writes style attributes. */
const FOR_PAGES: Headers = {
  ...FOR_DATA,
  'content-security-policy': [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/** A year, as https://hstspreload.org asks for. On one machine there is no TLS to insist on. */
const TLS_ONLY: Headers = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };
const NONE: Headers = {};

function isPage({ headers }: HttpResponse): boolean {
  return String(headers?.['content-type'] ?? '').startsWith('text/html');
}

/** A configuration that cannot be read has been answered with 500 by now; its answer is one that nobody else may use. */
function settings(): { readonly isLocal: boolean; readonly origins: string | undefined } {
  try {
    const { STAGE, CORS_ORIGINS } = getConfig();
    return { isLocal: STAGE === 'local', origins: CORS_ORIGINS };
  } catch {
    return { isLocal: false, origins: undefined };
  }
}

/** What every answer carries; a header that the endpoint has set itself is left as it is. */
export function withStandardHeaders(response: HttpResponse, event: APIGatewayProxyEventV2): HttpResponse {
  const { isLocal, origins } = settings();
  const headers = {
    ...(isPage(response) ? FOR_PAGES : FOR_DATA),
    ...(isLocal ? NONE : TLS_ONLY),
    ...(origins === undefined ? NONE : corsHeaders(origins, header(event, 'origin'))),
    ...response.headers,
  };
  return { ...response, headers };
}
