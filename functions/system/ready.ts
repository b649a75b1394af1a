/**
 * GET /health/ready: each dependency with its latency; 503 only when a vital one is down. Outside the local stage only operators see
 * the dependencies.
 */

import { getConfig } from '#shared/config/config.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { isOperator } from '#shared/http/operator.ts';
import type { WithHeaders } from '#shared/http/request.ts';
import { json } from '#shared/http/response.ts';
import { recentHealth } from '#shared/system/health.ts';

/** Health is reported even if the token is not configured or cannot be fetched. */
async function seesDetails(request: WithHeaders): Promise<boolean> {
  return getConfig().STAGE === 'local' || isOperator(request).catch(() => false);
}

export const handler = httpHandler(async (event) => {
  const [{ status, dependencies }, isDetailed] = await Promise.all([recentHealth(), seesDetails(event)]);
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (status === 'down') headers['retry-after'] = '2';
  return json(status === 'down' ? 503 : 200, { status, ...(isDetailed ? { dependencies } : {}) }, headers);
});
