import { keptFor } from '#shared/async/memoize-for.ts';
import { getConfig } from '#shared/config/config.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Consumers } from './consumer.ts';
import { parseMetrics } from './parse-metrics.ts';

const KEEP_MS = 500;
const LIMIT_MS = 1000;

/** The event source runs in this very process; its metrics are at a port of it. */
async function load(): Promise<Consumers> {
  const { STAGE, KAFKA_METRICS_PORT: port } = getConfig();
  if (STAGE !== 'local' || port === undefined) {
    throw new AppError('NOT_FOUND', 'Only the local event source tells its figures here; on AWS CloudWatch has them.');
  }
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(LIMIT_MS) });
    return { observedAt: new Date().toISOString(), consumers: parseMetrics(await response.text()) };
  } catch (cause) {
    throw new AppError('DEPENDENCY_DOWN', 'The event source does not tell its figures.', { cause });
  }
}

/** @throws AppError NOT_FOUND outside the local stage, DEPENDENCY_DOWN */
export const readConsumers: () => Promise<Consumers> = keptFor(KEEP_MS, load);
