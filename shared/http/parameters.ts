import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AppError } from '#shared/errors/app-error.ts';
import { UUID } from '#shared/validation/patterns.ts';
import { header, type WithHeaders } from './request.ts';

function invalid(field: string, problem: string): AppError {
  return new AppError('INVALID_INPUT', 'See errors for what is wrong with each field.', {
    errors: { [field]: problem },
  });
}

/**
 * The user id in the path. Ids beyond the safe integers pass, for the caller to answer "not found".
 * @throws AppError INVALID_INPUT when it is not a whole number
 */
export function userIdOf(event: APIGatewayProxyEventV2): number {
  const id = event.pathParameters?.['id'] ?? '';
  if (!/^\d{1,19}$/.test(id)) throw invalid('id', 'must be a whole number');
  return Number(id);
}

/** @throws AppError INVALID_INPUT when it is not a UUID */
export function eventUuidOf(event: APIGatewayProxyEventV2): string {
  const uuid = event.pathParameters?.['uuid'] ?? '';
  if (!new RegExp(UUID).test(uuid)) throw invalid('uuid', 'must be a UUID');
  return uuid.toLowerCase();
}

/** Printable ASCII, see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header. */
export const IDEMPOTENCY_KEY = '^[\\u0021-\\u007e]{1,255}$';
const PATTERN = new RegExp(IDEMPOTENCY_KEY);

/**
 * The Idempotency-Key of a request, undefined if it has none.
 * @throws AppError INVALID_INPUT
 */
export function idempotencyKeyOf(request: WithHeaders): string | undefined {
  const key = header(request, 'idempotency-key');
  if (key === undefined || PATTERN.test(key)) return key;
  throw invalid('Idempotency-Key', 'must be 1 to 255 printable characters without blanks');
}
