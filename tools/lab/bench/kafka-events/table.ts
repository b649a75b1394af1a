import type { measureIdle } from './idle.ts';
import type { measureLatency } from './latency.ts';
import type { measureMemory } from './memory.ts';
import { type measureSpeed, median } from './speed.ts';

export type Noted<T> = { loadBefore: number | undefined; figures: T } | null;

export interface Report {
  machine: { date: string; cores: number; processor: string | undefined; memoryGb: number; node: string };
  records: number;
  rounds: number;
  speed: Noted<Awaited<ReturnType<typeof measureSpeed>>>;
  latency: Noted<Awaited<ReturnType<typeof measureLatency>>>;
  idle: Noted<Awaited<ReturnType<typeof measureIdle>>>;
  memory: Noted<Awaited<ReturnType<typeof measureMemory>>>;
}

/** Markdown, as the README shows it. */
export function toTable({ machine, records, rounds, speed, latency, idle, memory }: Report) {
  const { date, cores, processor, memoryGb, node } = machine;
  const lines = [`${date.slice(0, 10)}, ${cores} cores (${processor}), ${memoryGb} GB, Node ${node}`, ''];
  if (speed !== null) {
    lines.push(
      `${records} records of 200 B (batch 1000: ${records * 4}), median of ${rounds}; load before: ${speed.loadBefore?.toFixed(1)}`,
      '',
    );
    const names = Object.keys(speed.figures[0]?.rates ?? {});
    lines.push(
      `| batch | partitions | ${names.join(' | ')} | in process : bare |`,
      `|${'---:|'.repeat(names.length + 3)}`,
    );
    for (const { batchSize, partitions, rates, inProcessToBare } of speed.figures) {
      const cells = names.map((name) => Math.round(median(rates[name] ?? [])).toLocaleString('en'));
      lines.push(`| ${batchSize} | ${partitions} | ${cells.join(' | ')} | ${inProcessToBare} |`);
    }
  }
  lines.push('', '| | |', '|---|---|');
  if (latency !== null) {
    const { records: count, p50, p90, p99, max } = latency.figures;
    lines.push(
      `| broker to handler, window 0 (${count} records) | p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms |`,
    );
  }
  if (idle !== null) {
    const { withMapping, withNone } = idle.figures;
    lines.push(
      `| idle, share of a core | ${withMapping.toFixed(2)} % with one mapping, ${withNone.toFixed(2)} % with none |`,
    );
  }
  if (memory !== null) {
    const { samples, heapMbPerMinute, residentMbPerMinute } = memory.figures;
    const [first, last] = [samples.at(Math.floor(samples.length / 4)), samples.at(-1)];
    lines.push(
      `| heap after a collection, ${last?.minute} min, ${last?.records.toLocaleString('en')} records | ${first?.heapMb} MB → ${last?.heapMb} MB (${heapMbPerMinute} MB/min) |`,
      `| resident set | ${first?.residentMb} MB → ${last?.residentMb} MB (${residentMbPerMinute} MB/min) |`,
    );
  }
  return lines.join('\n');
}
