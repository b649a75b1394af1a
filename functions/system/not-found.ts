/** Catch-all route: unknown paths, methods that a path does not support, and CORS preflights. */

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { getConfig } from '#shared/config/config.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { preflightHeaders } from '#shared/http/cors.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { methodsOf } from '#shared/http/openapi.ts';
import { header } from '#shared/http/request.ts';
import { noContent } from '#shared/http/response.ts';

function isPreflight(event: APIGatewayProxyEventV2): boolean {
  return event.requestContext.http.method === 'OPTIONS' && header(event, 'access-control-request-method') !== undefined;
}

export const handler = httpHandler(async (event) => {
  const { CORS_ORIGINS: origins, DIAGNOSTICS } = getConfig();
  const methods = methodsOf(event.rawPath, DIAGNOSTICS === 'true');
  if (methods === undefined) throw new AppError('NOT_FOUND', 'There is no such route.');
  const origin = header(event, 'origin');
  if (origins !== undefined && origin !== undefined && isPreflight(event)) {
    return noContent(preflightHeaders(origins, origin, methods));
  }
  throw new AppError('METHOD_NOT_ALLOWED', `This address takes ${methods.join(', ')}.`, { allow: methods });
});
