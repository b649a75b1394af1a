import type { FunctionDefinition } from './types.ts';

/**
 * The functions that a schedule starts, unless it is switched off.
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
 * Starts scheduled functions now: the first minute would pass without them.
 * @param address serverless-offline's invoke port, in this same process
 */
export function invokeNow(names: string[], { host, port }: { host: string; port: number }) {
  const base = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
  const event = {
    version: '0',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    time: new Date().toISOString(),
    detail: {},
  };
  for (const name of names) {
    // Waiting for the result keeps a failure from becoming an unhandled rejection; it is logged where it happens.
    fetch(`${base}/2015-03-31/functions/${name}/invocations`, { method: 'POST', body: JSON.stringify(event) })
      .then((response) => response.arrayBuffer())
      .catch(() => {});
  }
}
