import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LambdaKafkaEvent } from '../../../../plugins/serverless-offline-kafka-events/src/index.ts';

const folder = process.env.BENCH_FOLDER ?? '.';

/** Does nothing. */
export async function noop() {}

const latencies: number[] = [];

/** Records how long each record took from the producer's clock to the handler. */
export async function latency(event: LambdaKafkaEvent) {
  const now = Date.now();
  for (const records of Object.values(event.records))
    for (const record of records) latencies.push(now - record.timestamp);
  if (latencies.length >= Number(process.env.BENCH_EXPECTED)) {
    writeFileSync(path.join(folder, 'latencies.json'), JSON.stringify(latencies));
  }
}

/** Writes the size of the heap after a collection, when it is requested. */
export async function memory() {
  const request = path.join(folder, 'measure');
  const answer = path.join(folder, 'heap');
  if (!existsSync(request) || existsSync(answer)) return;
  globalThis.gc?.();
  writeFileSync(answer, String(process.memoryUsage().heapUsed));
}
