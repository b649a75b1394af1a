import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { getConfig } from '#shared/config/config.ts';

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** What the alarms of a deployed stage watch (tools/deploy/alarms.ts). */
const UNITS = {
  DeadLetters: MetricUnit.Count,
  OldestUnpublishedEventSeconds: MetricUnit.Seconds,
  OldestUnsentMailSeconds: MetricUnit.Seconds,
} as const satisfies Record<string, Unit>;

let powertools: Metrics | undefined;

/** Writes one figure for CloudWatch into the log, in its embedded format. In the local stage nobody would read it. */
export function reportMetric(name: keyof typeof UNITS, value: number): void {
  if (getConfig().STAGE === 'local') return;
  powertools ??= new Metrics({ serviceName: 'registration' });
  powertools.addMetric(name, UNITS[name], value);
  powertools.publishStoredMetrics();
}
