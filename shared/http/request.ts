import type { ErrorObject } from 'ajv';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AppError } from '#shared/errors/app-error.ts';
import { fieldErrors } from '#shared/validation/field-errors.ts';

export const MAX_BODY_BYTES = 64 * 1024;
/** The old API skipped it; JSON.parse does not. */
const BYTE_ORDER_MARK = /^\ufeff/;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json$/i;

/** A validator that the build generated from a schema, with the words for its fields. */
export interface Validator<T> {
  validate: ((data: unknown) => data is T) & { errors?: ErrorObject[] | null };
  messages: Readonly<Record<string, string>>;
}

/** What has request headers, under names of any case. */
export interface Headed {
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
}

/** One header of the request, whatever case it was sent in. */
export function header(request: Headed, name: string): string | undefined {
  const headers = request.headers ?? {};
  const found = name in headers ? name : Object.keys(headers).find((key) => key.toLowerCase() === name);
  const value: unknown = found === undefined ? undefined : headers[found];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The body as text.
 * @throws AppError PAYLOAD_TOO_LARGE over 64 KiB
 */
export function bodyText(event: APIGatewayProxyEventV2): string {
  const raw: unknown = event.body;
  if (raw === null || raw === undefined) return '';
  const body = typeof raw === 'string' ? raw : JSON.stringify(raw);
  const decoded = event.isBase64Encoded === true ? Buffer.from(body, 'base64') : Buffer.from(body, 'utf8');
  if (decoded.byteLength > MAX_BODY_BYTES) {
    throw new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  }
  return decoded.toString('utf8');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The old API took numbers and booleans where it wanted text; so do we. */
function scalarsAsText(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [
      key,
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    ]),
  );
}

function checked<T>(candidate: unknown, { validate, messages }: Validator<T>): T {
  if (validate(candidate)) return candidate;
  throw new AppError('INVALID_INPUT', 'See errors for what is wrong with each field.', {
    errors: fieldErrors(validate.errors, messages),
  });
}

/**
 * The JSON object in the body, checked.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, MALFORMED_JSON, INVALID_INPUT
 */
export function jsonBody<T>(event: APIGatewayProxyEventV2, validator: Validator<T>): T {
  const mediaType = (header(event, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (!JSON_MEDIA_TYPE.test(mediaType)) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(bodyText(event).replace(BYTE_ORDER_MARK, ''));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('MALFORMED_JSON', 'The body is not JSON.');
  }
  if (!isObject(parsed)) throw new AppError('MALFORMED_JSON', 'The body must be a JSON object.');
  return checked(scalarsAsText(parsed), validator);
}

/**
 * The query parameters, checked. Those named in `integers` become numbers when they are written as whole numbers, and are
 * as good as absent when empty.
 * @throws AppError INVALID_INPUT
 */
export function query<T>(event: APIGatewayProxyEventV2, validator: Validator<T>, integers: readonly string[]): T {
  const given: Record<string, unknown> = { ...event.queryStringParameters };
  for (const name of integers) {
    const value = given[name];
    if (value === '') delete given[name];
    else if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) given[name] = Number(value);
  }
  return checked(given, validator);
}
