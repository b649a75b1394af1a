import { httpHandler } from '#shared/http/http-handler.ts';
import { json } from '#shared/http/response.ts';
import { type Checks, checkDependencies } from '#shared/system/check-dependencies.ts';
import { dependencyChecks } from '#shared/system/dependency-checks.ts';

/** GET /health/ready: each dependency with its latency; 503 only when one is down that nothing works without. */
export function readyHandler(checks: Checks) {
  return httpHandler(async () => {
    const report = await checkDependencies(checks);
    const headers: Record<string, string> = { 'cache-control': 'no-store' };
    if (report.status === 'down') headers['retry-after'] = '2';
    return json(report.status === 'down' ? 503 : 200, report, headers);
  });
}

export const handler = readyHandler(dependencyChecks);
