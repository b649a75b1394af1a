import { randomBytes } from 'node:crypto';

/** Our errors for what hapi refuses before any handler sees it. */
const known = /** @type {const} */ ({
  400: { error: 'Bad request!', code: 'BAD_REQUEST', message: 'The request could not be understood.' },
  404: { error: 'Not found!', code: 'NOT_FOUND', message: 'There is nothing at this address.' },
  413: { error: 'Payload too large!', code: 'PAYLOAD_TOO_LARGE', message: 'The body is too large.' },
  415: {
    error: 'Unsupported media type!',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'The body has a media type that is not accepted.',
  },
  500: { error: 'Internal server error!', code: 'INTERNAL', message: 'Something went wrong on our side.' },
});

/** What every answer of ours carries (shared/http/standard-headers.ts). */
const standardHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/**
 * An error in the format of the HTTP contract.
 * @param {number} status
 * @param {{ now?: Date, traceId?: string }} [options]
 */
export function errorBody(status, { now = new Date(), traceId = randomBytes(16).toString('hex') } = {}) {
  const answered = statusToAnswer(status);
  const { error, code, message } = known[answered];
  return { error, message, time: now.toISOString(), status: answered, code, traceId };
}

/**
 * @param {number} status
 * @returns {keyof typeof known}
 */
function statusToAnswer(status) {
  if (status in known) return /** @type {keyof typeof known} */ (status);
  return status >= 400 && status < 500 ? 400 : 500;
}

/**
 * Whether a body is serverless-offline's account of a handler that failed, with its stack, which nobody outside may see.
 * @param {unknown} source
 * @returns {boolean}
 */
export function isHandlerFailure(source) {
  if (typeof source === 'string' && source.startsWith('{"errorMessage":')) {
    try {
      return isHandlerFailure(JSON.parse(source));
    } catch {
      return false;
    }
  }
  return typeof source === 'object' && source !== null && 'errorMessage' in source && 'stackTrace' in source;
}

/**
 * Gives hapi's errors and failed handlers the shape of every other error.
 * @param {import('./types.mjs').HapiRequest} request
 * @param {import('./types.mjs').HapiToolkit} h
 */
export function reshapeErrors(request, h) {
  const { response } = request;
  const status = response.isBoom ? response.output.statusCode : isHandlerFailure(response.source) ? 500 : undefined;
  if (status === undefined) return h.continue;
  const body = errorBody(status);
  const reply = h.response(JSON.stringify(body)).code(body.status).type('application/json');
  for (const [name, value] of Object.entries(standardHeaders)) reply.header(name, value);
  return reply;
}
