import { getConfig } from '#shared/config/config.ts';
import { ConfigError } from '#shared/config/config-error.ts';
import { optionalSetting, renewedSetting } from '#shared/config/settings.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Endpoint } from './http-handler.ts';
import { isOneOf, operatorDigests } from './operator-tokens.ts';
import { type Headed, header } from './request.ts';

let known: { readonly setting: string; readonly digests: readonly Buffer[] } | undefined;

function digestsOf(setting: string): readonly Buffer[] {
  if (known?.setting !== setting) known = { setting, digests: operatorDigests(setting) };
  return known.digests;
}

/**
 * Whether a request carries an operator's token. In the local stage everybody is an operator while no token is set.
 * @throws ConfigError when no token is set outside the local stage
 */
export async function isOperator(request: Headed): Promise<boolean> {
  const setting = await optionalSetting('OPERATOR_TOKEN');
  if (setting === undefined) {
    if (getConfig().STAGE === 'local') return true;
    throw new ConfigError('OPERATOR_TOKEN', 'is not set');
  }
  const token = /^Bearer +(\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
  if (token === undefined) return false;
  if (isOneOf(digestsOf(setting), token)) return true;
  // It may have been added since.
  const renewed = await renewedSetting('OPERATOR_TOKEN', setting);
  return renewed !== undefined && isOneOf(digestsOf(renewed), token);
}

/**
 * An endpoint for operators alone. It checks for itself, although API Gateway's authorizer has done so before: a route that is
 * deployed without one stays shut.
 * @throws AppError UNAUTHORIZED
 */
export function operatorOnly(run: Endpoint): Endpoint {
  return async (event) => {
    if (await isOperator(event)) return run(event);
    throw new AppError('UNAUTHORIZED', 'This call takes the operator token: Authorization: Bearer <token>.');
  };
}

/** The same for the user routes, which are open to everybody in the local stage. */
export function operatorOnlyWhenDeployed(run: Endpoint): Endpoint {
  const guarded = operatorOnly(run);
  return (event) => (getConfig().STAGE === 'local' ? run(event) : guarded(event));
}
