import { AppError } from '#shared/errors/app-error.ts';
import { type Headed, header } from '#shared/http/request.ts';

/** Printable ASCII, as in https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header; a UUID is best. */
export const IDEMPOTENCY_KEY = '^[\\u0021-\\u007e]{1,255}$';
const PATTERN = new RegExp(IDEMPOTENCY_KEY);

/**
 * The Idempotency-Key of a request, or undefined when it has none.
 * @throws AppError INVALID_INPUT
 */
export function idempotencyKeyOf(request: Headed): string | undefined {
  const key = header(request, 'idempotency-key');
  if (key === undefined || PATTERN.test(key)) return key;
  throw new AppError('INVALID_INPUT', 'See errors for what is wrong with each field.', {
    errors: { 'Idempotency-Key': 'must be 1 to 255 printable characters without blanks' },
  });
}
