/** Lambda authorizer of the HTTP API (payload 2.0, simple responses): admits operators. Any error denies access. */

import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda';
import { isOperator } from '#shared/http/operator.ts';
import { log } from '#shared/observability/logger.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';

export function handler(event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult> {
  return tracked(async () => {
    try {
      return { isAuthorized: await isOperator(event) };
    } catch (error: unknown) {
      log.error('Authorization failed', { error });
      return { isAuthorized: false };
    }
  });
}
