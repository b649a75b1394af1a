// The plugin beside bare kafkajs consumers, in one run: speed, latency, idle CPU, memory. Needs Linux, a broker and the
// built package:
//   KAFKA_BROKERS=… node bench/kafka-events/run.mjs [--only speed,latency,idle,memory] [--minutes 10] [--json file]
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { runBareConsumer } from './bare-consumer.mjs';
import { measureIdle } from './idle.mjs';
import { measureLatency } from './latency.mjs';
import { measureMemory } from './memory.mjs';
import { options } from './options.mjs';
import { measureSpeed } from './speed.mjs';
import { toTable } from './table.mjs';

/** Measures, and says how busy the machine was before. @template T @param {() => Promise<T>} measure */
async function noteLoad(measure) {
  const loadBefore = loadavg()[0];
  return { loadBefore, figures: await measure() };
}

if (process.env.BENCH_BARE_CONSUMER !== undefined) {
  // A process of its own, as the plugin's is.
  await runBareConsumer(JSON.parse(process.env.BENCH_BARE_CONSUMER));
} else {
  /** @param {string} what */
  const isWanted = (what) => options.only.includes(what);
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
