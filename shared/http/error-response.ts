import { AppError, ERROR_CODES } from '#shared/errors/app-error.ts';
import { type HttpResponse, json } from './response.ts';

const HIDDEN = new AppError('INTERNAL', 'Something went wrong on our side.');

/** The error format of the HTTP contract. Only an AppError tells anything about its cause. */
export function errorResponse(error: unknown, traceId: string): HttpResponse {
  const known = error instanceof AppError ? error : HIDDEN;
  const { status, error: title } = ERROR_CODES[known.code];
  const body = {
    error: title,
    message: known.message,
    time: new Date().toISOString(),
    status,
    code: known.code,
    traceId,
    ...(known.errors === undefined ? {} : { errors: known.errors }),
  };
  const retryAfter = known.retryAfterSeconds ?? (status === 503 ? 2 : undefined);
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  if (known.allow !== undefined) headers['allow'] = known.allow.join(', ');
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return json(status, body, headers);
}
