// The plugin beside bare kafkajs consumers, in one run: speed, latency, idle CPU, memory. Needs Linux, a broker and the
// built package:
//   KAFKA_BROKERS=… node bench/kafka-events/run.mjs [--only speed,latency,idle,memory] [--minutes 10] [--json file]
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { runBareConsumer } from './bare-consumer.ts';
import { measureIdle } from './idle.ts';
import { measureLatency } from './latency.ts';
import { measureMemory } from './memory.ts';
import { options } from './options.ts';
import { measureSpeed } from './speed.ts';
import { toTable } from './table.ts';

/** Measures, and says how busy the machine was before. */
async function noteLoad<T>(measure: () => Promise<T>) {
  const loadBefore = loadavg()[0];
  return { loadBefore, figures: await measure() };
}

if (process.env.BENCH_BARE_CONSUMER !== undefined) {
  // A process of its own, as the plugin's is.
  await runBareConsumer(JSON.parse(process.env.BENCH_BARE_CONSUMER));
} else {
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
}
