import type { ErrorObject } from 'ajv';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AppError } from '#shared/errors/app-error.ts';
import { fieldErrors } from '#shared/validation/field-errors.ts';

export const MAX_BODY_BYTES = 64 * 1024;
/** The old API skipped it; JSON.parse rejects it. */
const BYTE_ORDER_MARK = /^\ufeff/;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json$/i;

/** A validator that the build generates from a schema, with its error messages by field. */
export interface Validator<T> {
  validate: ((data: unknown) => data is T) & { errors?: ErrorObject[] | null };
  messages: Readonly<Record<string, string>>;
}

/** A request with headers in any case. */
export interface WithHeaders {
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
}

/** A request header by its lower-case name, in whatever case it was sent. */
export function header(request: WithHeaders, name: string): string | undefined {
  const headers = request.headers ?? {};
  const found = name in headers ? name : Object.keys(headers).find((key) => key.toLowerCase() === name);
  const value: unknown = found === undefined ? undefined : headers[found];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Returns the body as text.
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

/** Composed, so that one address has one form. Passwords and names stay as they are. */
function withComposedEmail(body: Record<string, unknown>): Record<string, unknown> {
  const { email } = body;
  return typeof email === 'string' ? { ...body, email: email.normalize('NFC') } : body;
}

function checked<T>(candidate: unknown, { validate, messages }: Validator<T>): T {
  if (validate(candidate)) return candidate;
  throw new AppError('INVALID_INPUT', 'See errors for what is wrong with each field.', {
    errors: fieldErrors(validate.errors, messages),
  });
}

/**
 * Parses and validates the JSON object in the body; its `email` is normalised to NFC.
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
  return checked(withComposedEmail(parsed), validator);
}

/**
 * Validates the query parameters. Those named in `integers` are converted to numbers; empty ones count as absent.
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

const MAX_URL_LENGTH = 8192;
/** API Gateway's limit (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html). */
const MAX_HEADER_LENGTH = 10_240;

/**
 * Rejects oversized URLs and headers. API Gateway has its own limits; elsewhere these are the only ones.
 * @throws AppError URI_TOO_LONG, HEADERS_TOO_LARGE
 */
export function checkRequestSize({ rawPath, rawQueryString, headers }: APIGatewayProxyEventV2): void {
  if ((rawPath?.length ?? 0) + (rawQueryString?.length ?? 0) > MAX_URL_LENGTH) {
    throw new AppError('URI_TOO_LONG', `Path and query are longer than ${MAX_URL_LENGTH} characters.`);
  }
  let length = 0;
  for (const name in headers) length += name.length + (headers[name]?.length ?? 0);
  if (length > MAX_HEADER_LENGTH) {
    throw new AppError('HEADERS_TOO_LARGE', `The headers are longer than ${MAX_HEADER_LENGTH} characters.`);
  }
}
