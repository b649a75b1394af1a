import { reachable } from '../cli/settings.ts';
import type { FunctionDefinition } from './types.ts';

/**
 * The functions with an enabled schedule.
 * @returns their full names
 */
export function scheduledFunctions(functions: Record<string, FunctionDefinition>): string[] {
  return Object.values(functions)
    .filter(({ events = [] }) => events.some(isScheduled))
    .map(({ name }) => name);
}

function isScheduled(event: Record<string, unknown>) {
  const schedule = event.schedule;
  if (schedule === undefined) return false;
  return !(typeof schedule === 'object' && schedule !== null && 'enabled' in schedule && schedule.enabled === false);
}

/**
 * Invokes scheduled functions now: otherwise their first run comes a minute later.
 * @param address serverless-offline's invoke port, in this same process
 */
export function invokeNow(names: string[], { host, port }: { host: string; port: number }): void {
  const base = `http://${reachable(host)}:${port}`;
  const event = {
    version: '0',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    time: new Date().toISOString(),
    detail: {},
  };
  for (const name of names) {
    // A failure is logged where it happens; here it must not become an unhandled rejection.
    fetch(`${base}/2015-03-31/functions/${name}/invocations`, { method: 'POST', body: JSON.stringify(event) })
      .then((response) => response.arrayBuffer())
      .catch(() => {});
  }
}
