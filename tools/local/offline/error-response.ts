import { AppError, type ErrorCode } from '#shared/errors/app-error.ts';
import { errorResponse } from '#shared/http/error-response.ts';
import { FOR_DATA } from '#shared/http/standard-headers.ts';
import { newTrace } from '#shared/observability/trace-context.ts';
import type { HapiRequest, HapiToolkit } from './types.ts';

/** Our errors for requests that hapi rejects before they reach a handler. */
const errors: Record<number, [ErrorCode, string]> = {
  400: ['BAD_REQUEST', 'The request could not be understood.'],
  404: ['NOT_FOUND', 'There is nothing at this address.'],
  413: ['PAYLOAD_TOO_LARGE', 'The body is too large.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The body has a media type that is not accepted.'],
};

/** The error for a status of hapi; 500 where the fault is not the client's. */
export function errorFor(status: number): Error {
  const [code, message] = errors[status] ?? (status < 500 ? errors[400] : undefined) ?? [];
  return code === undefined || message === undefined
    ? new Error(`hapi returned ${status}`)
    : new AppError(code, message);
}

/** Whether a body is serverless-offline's report of a failed handler, with its stack, which no client may see. */
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

/** Gives hapi's errors and failed handlers the format of every other error. */
export function reshapeErrors(request: HapiRequest, h: HapiToolkit) {
  const { response } = request;
  const status = response.isBoom ? response.output.statusCode : isHandlerFailure(response.source) ? 500 : undefined;
  if (status === undefined) return h.continue;
  const { statusCode, headers, body } = errorResponse(errorFor(status), newTrace().traceId);
  const reply = h.response(body).code(statusCode ?? 500);
  for (const [name, value] of Object.entries({ ...FOR_DATA, ...headers })) reply.header(name, String(value));
  return reply;
}
