import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { getConfig } from '#shared/config/config.ts';
import { ConfigError } from '#shared/config/config-error.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { header } from './request.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Lets operators in only. In the local stage everybody is one while no OPERATOR_TOKEN is set.
 * @throws AppError UNAUTHORIZED
 */
export const requireOperator = (event: APIGatewayProxyEventV2): void => {
  const { OPERATOR_TOKEN: token, STAGE } = getConfig();
  if (token === undefined) {
    if (STAGE === 'local') return;
    throw new ConfigError('OPERATOR_TOKEN', 'is not set');
  }
  const given = /^Bearer +(\S+)$/i.exec(header(event, 'authorization') ?? '')?.[1] ?? '';
  if (!timingSafeEqual(digest(given), digest(token))) {
    throw new AppError('UNAUTHORIZED', 'This call takes the operator token: Authorization: Bearer <token>.');
  }
};
