/** GET /health/ready: each dependency with its latency; 503 only when a vital one is down. */

import { httpHandler } from '#shared/http/http-handler.ts';
import { json } from '#shared/http/response.ts';
import { checkDependencies } from '#shared/system/health.ts';

export const handler = httpHandler(async () => {
  const report = await checkDependencies();
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (report.status === 'down') headers['retry-after'] = '2';
  return json(report.status === 'down' ? 503 : 200, report, headers);
});
