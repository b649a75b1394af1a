import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { getConfig } from '#shared/config/config.ts';
import { isDeployed } from '#shared/config/stage-rules.ts';

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** Watched by the alarms of a deployed stage (tools/deploy/alarms.ts). */
const UNITS = {
  DeadLetters: MetricUnit.Count,
  MailBlocked: MetricUnit.Count,
  MailConcurrency: MetricUnit.Count,
  MailThrottled: MetricUnit.Count,
  OldestUnpublishedEventSeconds: MetricUnit.Seconds,
  OldestUnsentMailSeconds: MetricUnit.Seconds,
  RefusedCredentialChecks: MetricUnit.Count,
  WrongCredentials: MetricUnit.Count,
} as const satisfies Record<string, Unit>;

let powertools: Metrics | undefined;

/** Logs a metric in CloudWatch's embedded metric format. Does nothing outside AWS. */
export function reportMetric(name: keyof typeof UNITS, value: number): void {
  if (!isDeployed(getConfig().STAGE)) return;
  powertools ??= new Metrics({ serviceName: 'registration' });
  powertools.addMetric(name, UNITS[name], value);
  powertools.publishStoredMetrics();
}
