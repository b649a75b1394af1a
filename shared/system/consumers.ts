import { memoizeFor } from '#shared/async/memoize-for.ts';
import { getConfig } from '#shared/config/config.ts';
import { isDeployed } from '#shared/config/stage-rules.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Consumer, Consumers } from './system-schemas.ts';

const SAMPLE = /^kafka_events_(\w+)\{function="([^"]*)",topic="([^"]*)",group="([^"]*)"\} (\d+(?:\.\d+)?)$/;

const NOTHING = { lag: 0, batchesInFlight: 0, records: 0, failedBatches: 0 };

/** The event source's metric → the field that reports it. */
const FIGURES: Readonly<Record<string, keyof typeof NOTHING>> = {
  sum_offset_lag: 'lag',
  concurrent_executions: 'batchesInFlight',
  invoked_event_count_total: 'records',
  invoke_error_count_total: 'failedBatches',
};

/** Parses the event source's metrics (Prometheus text format) into consumers, in the given order. */
export function parseMetrics(text: string): Consumer[] {
  const found = new Map<string, Consumer>();
  for (const line of text.split('\n')) {
    const [, metric = '', fn = '', topic = '', group = '', value = ''] = SAMPLE.exec(line) ?? [];
    const figure = FIGURES[metric];
    if (figure === undefined) continue;
    const key = `${fn}\n${topic}\n${group}`;
    const known = found.get(key) ?? { function: fn, topic, group, ...NOTHING };
    found.set(key, { ...known, [figure]: Math.round(Number(value)) });
  }
  return [...found.values()];
}

const KEEP_MS = 500;
const LIMIT_MS = 1000;

/** Reads the metrics port of the event source, which runs in this process. */
async function load(): Promise<Consumers> {
  const { STAGE, KAFKA_METRICS_PORT: port } = getConfig();
  if (isDeployed(STAGE) || port === undefined) {
    throw new AppError('NOT_FOUND', 'Only the local event source reports here; on AWS, see CloudWatch.');
  }
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(LIMIT_MS) });
    return { observedAt: new Date().toISOString(), consumers: parseMetrics(await response.text()) };
  } catch (cause) {
    throw new AppError('DEPENDENCY_DOWN', 'The event source does not return its metrics.', { cause });
  }
}

/** @throws AppError NOT_FOUND outside the local stage, DEPENDENCY_DOWN */
export const readConsumers: () => Promise<Consumers> = memoizeFor(KEEP_MS, load);
