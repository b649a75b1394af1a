import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda';
import { isOperator } from '#shared/http/operator.ts';
import { log } from '#shared/observability/logger.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';

/**
 * The HTTP API's Lambda authorizer (payload 2.0, simple responses): lets operators through. Whatever goes wrong, the door stays
 * shut.
 */
export function handler(event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult> {
  return tracked(async () => {
    try {
      return { isAuthorized: await isOperator(event) };
    } catch (error: unknown) {
      log.error('Nobody can be let in', { error });
      return { isAuthorized: false };
    }
  });
}
