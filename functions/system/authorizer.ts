/** Lambda authorizer of the HTTP API (payload 2.0, simple responses): admits operators. Any error denies access. */

import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda';
import { audit } from '#shared/http/audit.ts';
import { isOperator } from '#shared/http/operator.ts';
import { log } from '#shared/observability/logger.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';

export function handler(event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult> {
  return tracked(async () => {
    try {
      const isAuthorized = await isOperator(event);
      if (!isAuthorized) audit(event, 'operator call refused');
      return { isAuthorized };
    } catch (error: unknown) {
      log.error('Authorization failed', { error });
      return { isAuthorized: false };
    }
  });
}
