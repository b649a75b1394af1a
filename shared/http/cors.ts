type Headers = Readonly<Record<string, string>>;

const PREFLIGHT_SECONDS = '600';

function isAllowed(origins: string, origin: string): boolean {
  return origins === '*' || origins.split(',').includes(origin.toLowerCase());
}

/**
 * Headers that allow pages of the configured origins to read a response. Credentials are never allowed: the API uses no cookies.
 * @param origins CORS_ORIGINS
 */
export function corsHeaders(origins: string, origin: string | undefined): Headers {
  return origin === undefined || !isAllowed(origins, origin)
    ? { vary: 'origin' }
    : {
        vary: 'origin',
        'access-control-allow-origin': origins === '*' ? '*' : origin,
        'access-control-expose-headers': 'location, retry-after',
      };
}

/** Further headers for a preflight response; none for an origin that is not allowed. */
export function preflightHeaders(origins: string, origin: string, methods: readonly string[]): Headers {
  return isAllowed(origins, origin)
    ? {
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': 'authorization, content-type, idempotency-key, traceparent',
        'access-control-max-age': PREFLIGHT_SECONDS,
      }
    : {};
}
