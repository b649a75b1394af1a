import { readConfig } from '#shared/config/config.ts';
import type { Watched } from './alarms.ts';
import type { Deployment, FunctionDefinition } from './osls.ts';

/** With longer intervals a dead consumer would be noticed later than after 15 minutes (docs/operations.md). */
const SCHEDULE = /^rate\((1) minute\)$|^rate\(([23]) minutes\)$/;

/** @returns why a schedule of relayOutbox and deliverDue is refused; undefined if it is not */
export function scheduleProblem(schedule: string): string | undefined {
  if (SCHEDULE.test(schedule)) return undefined;
  return `The parameter schedule is '${schedule}'. Use rate(1 minute), rate(2 minutes) or rate(3 minutes).`;
}

/** What the alarms of a stage watch. @param idOf a function's logical id, by its name in serverless.yml */
export function watchedStage(
  deployment: Deployment,
  functions: Readonly<Record<string, FunctionDefinition>>,
  idOf: (name: string) => string,
): Watched {
  const { alarmEmail: email, metricsNamespace: namespace, schedule, mailRetryHours, probe } = deployment;
  const partitions = Number(deployment.kafka.partitions);
  const [, one, more] = SCHEDULE.exec(schedule) ?? [];
  const consumers: string[] = [];
  const schedules: string[] = [];
  const narrow = new Set<string>();
  for (const [name, { events, reservedConcurrency }] of Object.entries(functions)) {
    const mappings = events.filter((event) => 'kafka' in event || 'msk' in event).length;
    if (mappings > 0) consumers.push(idOf(name));
    if (events.some((event) => 'schedule' in event)) schedules.push(idOf(name));
    if (reservedConcurrency !== undefined && reservedConcurrency < mappings * partitions) narrow.add(idOf(name));
  }
  return {
    namespace,
    email,
    consumers,
    schedules,
    narrow,
    scheduleMinutes: Number(one ?? more),
    mailRetryHours: Number(mailRetryHours || readConfig({ STAGE: 'prod' }).MAIL_RETRY_HOURS),
    hasProbe: probe === 'true',
  };
}
