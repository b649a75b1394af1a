import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { getConfig } from '#shared/config/config.ts';
import { corsHeaders } from './cors.ts';
import { header } from './request.ts';
import type { HttpResponse } from './response.ts';

type Headers = Readonly<Record<string, string>>;

/** Even if a browser rendered data as a page, no script would run. Keeps personal data out of shared caches. */
export const FOR_DATA: Headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** Pages load resources of their own origin only. Swagger UI needs inline style attributes. */
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

/** One year, as https://hstspreload.org requires. Not sent in the local stage, which has no TLS. */
const TLS_ONLY: Headers = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };
const NONE: Headers = {};

function isPage({ headers }: HttpResponse): boolean {
  return String(headers?.['content-type'] ?? '').startsWith('text/html');
}

/** With an invalid configuration the response is already a 500: uses the strictest settings. */
function settings(): { readonly isLocal: boolean; readonly origins: string | undefined } {
  try {
    const { STAGE, CORS_ORIGINS } = getConfig();
    return { isLocal: STAGE === 'local', origins: CORS_ORIGINS };
  } catch {
    return { isLocal: false, origins: undefined };
  }
}

/** Adds the standard headers to a response. Headers set by the endpoint take precedence. */
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

/** For the dashboard and the home page: own resources only, no inline scripts, no framing. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
