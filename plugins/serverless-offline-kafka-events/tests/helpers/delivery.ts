import { expect } from 'vitest';
import type { Call, OfflineProject } from './offline-project.ts';

/** Expects every record in order, and at most `repeats` duplicate deliveries. */
export function expectDelivered(
  batches: readonly (readonly string[])[],
  sent: readonly string[],
  { repeats = 0 }: { readonly repeats?: number } = {},
): void {
  const all = batches.flat();
  expect([...new Set(all)], 'each record, in the order in which it was sent').toEqual(sent);
  expect(all.length - sent.length, 'deliveries of what had been delivered before').toBeLessThanOrEqual(repeats);
  for (const batch of batches) {
    const from = sent.indexOf(batch[0] ?? '');
    expect(batch, 'a run of records without a gap').toEqual(sent.slice(from, from + batch.length));
  }
}

export function range(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

/** Batches of one partition in several processes, in order of time. */
export function batchesOf(
  projects: readonly OfflineProject[],
  functionKey: string,
  key: string,
  phase: Call['phase'],
): string[][] {
  return projects
    .flatMap((project) => project.calls(functionKey, phase))
    .filter(({ event }) => Object.hasOwn(event.records, key))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => (event.records[key] ?? []).map(({ value }) => Buffer.from(value ?? '', 'base64').toString()));
}
