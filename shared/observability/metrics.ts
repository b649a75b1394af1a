import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { getConfig } from '#shared/config/config.ts';
import { isDeployed } from '#shared/config/stage-rules.ts';

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** Watched by the alarms and shown on the dashboard of a deployed stage (tools/deploy/alarms.ts, dashboard.ts). */
const UNITS = {
  DatabaseConnectionsPercent: MetricUnit.Percent,
  DeadLetters: MetricUnit.Count,
  MailBlocked: MetricUnit.Count,
  MailConcurrency: MetricUnit.Count,
  MailRefused: MetricUnit.Count,
  MailSent: MetricUnit.Count,
  MailThrottled: MetricUnit.Count,
  OldestUnconfirmedEventSeconds: MetricUnit.Seconds,
  OldestUnpublishedEventSeconds: MetricUnit.Seconds,
  OldestUnsentMailSeconds: MetricUnit.Seconds,
  PendingMails: MetricUnit.Count,
  ProbeSeconds: MetricUnit.Seconds,
  RefusedCredentialChecks: MetricUnit.Count,
  UnconfirmedEvents: MetricUnit.Count,
  WrongCredentials: MetricUnit.Count,
} as const satisfies Record<string, Unit>;

export type MetricName = keyof typeof UNITS;

let powertools: Metrics | undefined;

/** Logs a metric in CloudWatch's embedded metric format. Does nothing outside AWS. */
export function reportMetric(name: MetricName, value: number): void {
  if (!isDeployed(getConfig().STAGE)) return;
  powertools ??= new Metrics({ serviceName: 'registration' });
  powertools.addMetric(name, UNITS[name], value);
  powertools.publishStoredMetrics();
}
