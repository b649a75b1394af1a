import { ConfigError, getConfig } from '#shared/config/config.ts';
import { optionalSetting, renewedSetting } from '#shared/config/settings.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { audit } from './audit.ts';
import type { Endpoint } from './http-handler.ts';
import { header, type WithHeaders } from './request.ts';
import { isOneOf } from './secret-digests.ts';

/**
 * Whether a request carries an operator token. In the local stage, every client is an operator unless a token is set.
 * @throws ConfigError when no token is set outside the local stage
 */
export async function isOperator(request: WithHeaders): Promise<boolean> {
  const setting = await optionalSetting('OPERATOR_TOKEN');
  if (setting === undefined) {
    if (getConfig().STAGE === 'local') return true;
    throw new ConfigError('OPERATOR_TOKEN', 'is not set');
  }
  const token = /^Bearer +(\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
  if (token === undefined) return false;
  if (isOneOf(setting, token)) return true;
  // The token may have been added since the setting was fetched.
  const renewed = await renewedSetting('OPERATOR_TOKEN', setting);
  return renewed !== undefined && isOneOf(renewed, token);
}

/**
 * Restricts an endpoint to operators. Checks in addition to API Gateway's authorizer, so that a route deployed without one stays
 * protected.
 * @throws AppError UNAUTHORIZED
 */
export function operatorOnly(run: Endpoint): Endpoint {
  return async (event) => {
    if (await isOperator(event)) return run(event);
    audit(event, 'operator call refused');
    throw new AppError('UNAUTHORIZED', 'This call takes the operator token: Authorization: Bearer <token>.');
  };
}

/** Like operatorOnly, but open in the local stage: for the user routes. */
export function operatorOnlyWhenDeployed(run: Endpoint): Endpoint {
  const guarded = operatorOnly(run);
  return (event) => (getConfig().STAGE === 'local' ? run(event) : guarded(event));
}
