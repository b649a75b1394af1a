import { describeMachine, type Machine } from '../../report.ts';
import { median, shortNumber } from '../../statistics.ts';
import type { measureIdle, measurePartitions } from './idle.ts';
import type { measureLatency } from './latency.ts';
import type { measureMemory } from './memory.ts';
import type { measureSpeed } from './speed.ts';

/** null: not measured */
type Figures<T extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<T>> | null;

export interface Report {
  machine: Machine;
  records: number;
  rounds: number;
  speed: Figures<typeof measureSpeed>;
  latency: Figures<typeof measureLatency>;
  idle: Figures<typeof measureIdle>;
  partitions: Figures<typeof measurePartitions>;
  memory: Figures<typeof measureMemory>;
}

/** Formats a report as Markdown, as docs/speed.md shows it. */
export function toTable({ machine, records, rounds, speed, latency, idle, partitions, memory }: Report) {
  const lines = [describeMachine(machine), ''];
  const rows = [...(speed ?? []), ...(partitions?.speed === undefined ? [] : [partitions.speed])];
  if (rows.length > 0) {
    lines.push(`${records} records of 200 B (batch 1000: ${records * 4}), median of ${rounds}`, '');
    const names = Object.keys(rows[0]?.rates ?? {});
    lines.push(
      `| batch | partitions | ${names.join(' | ')} | in process : bare |`,
      `|${'---:|'.repeat(names.length + 3)}`,
    );
    for (const { batchSize, partitions: count, rates, inProcessToBare } of rows) {
      const cells = names.map((name) => shortNumber(median(rates[name] ?? []) ?? Number.NaN));
      lines.push(`| ${batchSize} | ${count} | ${cells.join(' | ')} | ${inProcessToBare} |`);
    }
  }
  lines.push('', '| | |', '|---|---|');
  if (latency !== null) {
    const { records: count, p50, p90, p99, max } = latency;
    lines.push(
      `| broker to handler, window 0 (${count} records) | p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms |`,
    );
  }
  if (idle !== null) {
    const { withMapping, withNone } = idle;
    lines.push(
      `| idle, share of a core | ${withMapping.toFixed(2)} % with one mapping, ${withNone.toFixed(2)} % with none |`,
    );
  }
  if (partitions !== null) {
    lines.push(`| idle with ${partitions.partitions} partitions, share of a core | ${partitions.idle.toFixed(2)} % |`);
  }
  if (memory !== null) {
    const { samples, heapMbPerMinute, residentMbPerMinute } = memory;
    const [first, last] = [samples.at(Math.floor(samples.length / 4)), samples.at(-1)];
    lines.push(
      `| heap after a collection, ${last?.minute} min, ${last?.records.toLocaleString('en')} records | ${first?.heapMb} MB → ${last?.heapMb} MB (${heapMbPerMinute} MB/min) |`,
      `| resident set | ${first?.residentMb} MB → ${last?.residentMb} MB (${residentMbPerMinute} MB/min) |`,
    );
  }
  return lines.join('\n');
}
