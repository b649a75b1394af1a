// The plugin beside bare kafkajs consumers, in one run: speed, latency, idle CPU, memory. Needs Linux, a broker and the
// built package:
//   KAFKA_BROKERS=… node tools/lab/bench/kafka-events/kafka-events.ts [--only speed,latency,idle,memory] [--minutes 10] [--json file]
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { measureIdle } from './bench/kafka-events/idle.ts';
import { measureLatency } from './bench/kafka-events/latency.ts';
import { measureMemory } from './bench/kafka-events/memory.ts';
import { options } from './bench/kafka-events/options.ts';
import { measureSpeed } from './bench/kafka-events/speed.ts';
import { toTable } from './bench/kafka-events/table.ts';

/** Measures, and says how busy the machine was before. */
async function noteLoad<T>(measure: () => Promise<T>) {
  const loadBefore = loadavg()[0];
  return { loadBefore, figures: await measure() };
}

/**
 * `npm run bench:kafka-events`.
 * @returns exit code
 */
export async function main(): Promise<number> {
  const isWanted = (what: string) => options.only.includes(what);
  const report = {
    machine: {
      date: new Date().toISOString(),
      cores: cpus().length,
      processor: cpus()[0]?.model,
      memoryGb: Math.round(totalmem() / 1_073_741_824),
      node: process.version,
    },
    records: options.records,
    rounds: options.rounds,
    idle: isWanted('idle') ? await noteLoad(measureIdle) : null,
    latency: isWanted('latency') ? await noteLoad(measureLatency) : null,
    speed: isWanted('speed') ? await noteLoad(measureSpeed) : null,
    memory: isWanted('memory') && options.minutes > 0 ? await noteLoad(measureMemory) : null,
  };
  console.log(toTable(report));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  else console.log(JSON.stringify(report));
  return 0;
}
