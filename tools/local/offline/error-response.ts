import { randomBytes } from 'node:crypto';
import type { HapiRequest, HapiToolkit } from './types.ts';

/** Our errors for what hapi refuses before any handler sees it. */
const known = {
  400: { error: 'Bad request!', code: 'BAD_REQUEST', message: 'The request could not be understood.' },
  404: { error: 'Not found!', code: 'NOT_FOUND', message: 'There is nothing at this address.' },
  413: { error: 'Payload too large!', code: 'PAYLOAD_TOO_LARGE', message: 'The body is too large.' },
  415: {
    error: 'Unsupported media type!',
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'The body has a media type that is not accepted.',
  },
  500: { error: 'Internal server error!', code: 'INTERNAL', message: 'Something went wrong on our side.' },
} as const;

/** What every answer of ours carries (shared/http/standard-headers.ts). */
const standardHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** An error in the format of the HTTP contract. */
export function errorBody(
  status: number,
  { now = new Date(), traceId = randomBytes(16).toString('hex') }: { now?: Date; traceId?: string } = {},
) {
  const answered = statusToAnswer(status);
  const { error, code, message } = known[answered];
  return { error, message, time: now.toISOString(), status: answered, code, traceId };
}

function statusToAnswer(status: number): keyof typeof known {
  if (status in known) return status as keyof typeof known;
  return status >= 400 && status < 500 ? 400 : 500;
}

/**
 * Whether a body is serverless-offline's account of a handler that failed, with its stack, which nobody outside may see.
 */
export function isHandlerFailure(source: unknown): boolean {
  if (typeof source === 'string' && source.startsWith('{"errorMessage":')) {
    try {
      return isHandlerFailure(JSON.parse(source));
    } catch {
      return false;
    }
  }
  return typeof source === 'object' && source !== null && 'errorMessage' in source && 'stackTrace' in source;
}

/** Gives hapi's errors and failed handlers the shape of every other error. */
export function reshapeErrors(request: HapiRequest, h: HapiToolkit) {
  const { response } = request;
  const status = response.isBoom ? response.output.statusCode : isHandlerFailure(response.source) ? 500 : undefined;
  if (status === undefined) return h.continue;
  const body = errorBody(status);
  const reply = h.response(JSON.stringify(body)).code(body.status).type('application/json');
  for (const [name, value] of Object.entries(standardHeaders)) reply.header(name, value);
  return reply;
}
