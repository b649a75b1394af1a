import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda';
import { isOperator } from '#shared/http/operator.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { log } from '#shared/observability/logger.ts';

/**
 * The HTTP API's Lambda authorizer (payload 2.0, simple responses): lets operators through. Whatever goes wrong, the door stays
 * shut.
 */
export const handler = (event: APIGatewayRequestAuthorizerEventV2): Promise<APIGatewaySimpleAuthorizerResult> =>
  tracked(async () => {
    try {
      return { isAuthorized: await isOperator(event) };
    } catch (error: unknown) {
      log.error('Nobody can be let in', { error });
      return { isAuthorized: false };
    }
  });
