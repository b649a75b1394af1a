type Headers = Readonly<Record<string, string>>;

const PREFLIGHT_SECONDS = '600';

const isAllowed = (origins: string, origin: string): boolean =>
  origins === '*' || origins.split(',').includes(origin.toLowerCase());

/**
 * What lets pages of the given origins read an answer. Credentials are never allowed: the API knows no cookies.
 * @param origins CORS_ORIGINS
 */
export const corsHeaders = (origins: string, origin: string | undefined): Headers =>
  origin === undefined || !isAllowed(origins, origin)
    ? { vary: 'origin' }
    : {
        vary: 'origin',
        'access-control-allow-origin': origins === '*' ? '*' : origin,
        'access-control-expose-headers': 'location, retry-after',
      };

/** What a preflight for one of the methods is answered beside that; nothing for an origin that is not allowed. */
export const preflightHeaders = (origins: string, origin: string, methods: readonly string[]): Headers =>
  isAllowed(origins, origin)
    ? {
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': 'authorization, content-type, idempotency-key, traceparent',
        'access-control-max-age': PREFLIGHT_SECONDS,
      }
    : {};
