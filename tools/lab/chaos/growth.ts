import { markdownTable } from '#tools/local/cli/tables.ts';
import type { openHeapProbe } from '../systems/heap.ts';
import { residentMb } from '../systems/processes.ts';
import type { Laboratory } from './laboratory.ts';

/** Sizes by name. */
export type Sample = Readonly<Record<string, number>>;

/** What may come on top of a half more: a collection that was not complete, a pool that had not filled. */
const slack = { MB: 20, connections: 5 };

/** Heap and memory of every replica, and the connections to every server. */
export async function takeSample(
  { replicas, servers }: Laboratory,
  { heapMb }: ReturnType<typeof openHeapProbe>,
): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const [index, { victims, pids }] of replicas.entries()) {
    const name = `replica ${index + 1}`;
    const application = victims.app.target?.pids() ?? [];
    const starter = pids().slice(0, 1);
    for (const [part, ids] of Object.entries({ application, starter })) {
      for (const pid of ids) sample[`${name}, ${part}: heap, MB`] = await heapMb(pid);
      sample[`${name}, ${part}: resident, MB`] = residentMb(ids);
    }
  }
  for (const [name, { proxies }] of Object.entries(servers.victims))
    sample[`${name}: connections`] = proxies.reduce((sum, proxy) => sum + proxy.countOpen(), 0);
  return sample;
}

/** @returns reasons: what grew by more than a half and some slack */
export function compareSamples(start: Sample, end: Sample): { reasons: string[]; table: string } {
  const lines = Object.entries(end).map(([name, after]) => ({ name, before: start[name] ?? 0, after }));
  const grown = lines.filter(
    ({ name, before, after }) => after > 1.5 * before + (name.endsWith('MB') ? slack.MB : slack.connections),
  );
  const text = (value: number) => String(Math.round(value));
  return {
    reasons: grown.map(({ name, before, after }) => `${name} grew from ${text(before)} to ${text(after)}`),
    table: markdownTable([
      ['', 'start', 'end'],
      ...lines.map(({ name, before, after }) => [name, text(before), text(after)]),
    ]),
  };
}
