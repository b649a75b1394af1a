import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AppError } from '#shared/errors/app-error.ts';
import { UUID } from '#shared/validation/atoms.ts';

function invalid(field: string, problem: string): AppError {
  return new AppError('INVALID_INPUT', 'See errors for what is wrong with each field.', {
    errors: { [field]: problem },
  });
}

/**
 * The user id in the path. Ids beyond what is ever given out are left to "not found" by the caller.
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
