import { AppError, ERROR_CODES } from '#shared/errors/app-error.ts';
import { type HttpResponse, json } from './response.ts';

const INTERNAL = new AppError('INTERNAL', 'Something went wrong on our side.');

/** An error in the format of the HTTP contract. Errors other than AppError are answered without detail. */
export function errorResponse(error: unknown, traceId: string): HttpResponse {
  const known = error instanceof AppError ? error : INTERNAL;
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
