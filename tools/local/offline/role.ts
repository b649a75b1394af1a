import type { FunctionDefinition } from './types.ts';

const EVENT_OF_ROLE: Readonly<Record<string, string>> = { api: 'httpApi', consumer: 'kafka', scheduler: 'schedule' };

/** Served in every role, for probes. */
const PROBES = ['live', 'ready', 'notFound'];

/**
 * Removes the events that another role handles, so that consumers scale apart from HTTP.
 * @param functions changed in place
 * @param role as ROLE
 */
export function keepRole(functions: Record<string, FunctionDefinition>, role: string): void {
  const kept = EVENT_OF_ROLE[role];
  if (kept === undefined) return;
  for (const [name, definition] of Object.entries(functions)) {
    if (PROBES.includes(name)) continue;
    definition.events = (definition.events ?? []).filter((event) => kept in event);
  }
}
