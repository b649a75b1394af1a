import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AppError } from '#shared/errors/app-error.ts';

const MAX_URL_LENGTH = 8192;
/** API Gateway's own limit (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html). */
const MAX_HEADER_LENGTH = 10_240;

/**
 * Refuses what no caller of ours sends. API Gateway has such limits of its own; elsewhere these are the only ones.
 * @throws AppError URI_TOO_LONG, HEADERS_TOO_LARGE
 */
export function requireModestSize({ rawPath, rawQueryString, headers }: APIGatewayProxyEventV2): void {
  if ((rawPath?.length ?? 0) + (rawQueryString?.length ?? 0) > MAX_URL_LENGTH) {
    throw new AppError('URI_TOO_LONG', `Path and query are longer than ${MAX_URL_LENGTH} characters.`);
  }
  let length = 0;
  for (const name in headers) length += name.length + (headers[name]?.length ?? 0);
  if (length > MAX_HEADER_LENGTH) {
    throw new AppError('HEADERS_TOO_LARGE', `The headers are longer than ${MAX_HEADER_LENGTH} characters.`);
  }
}
