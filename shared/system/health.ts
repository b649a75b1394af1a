import { memoizeFor } from '#shared/async/memoize-for.ts';
import { within } from '#shared/async/waiting.ts';
import { redisClient } from '#shared/cache/redis.ts';
import type { Database } from '#shared/db/database.ts';
import { notificationsDatabase, usersDatabase } from '#shared/db/databases.ts';
import { statement } from '#shared/db/run.ts';
import { errorCodeOf } from '#shared/errors/error-text.ts';
import { probeBroker } from '#shared/kafka/probe-broker.ts';
import { probeMailServer } from '#shared/mail/probe-mail-server.ts';

interface Dependency {
  /** Vital: no call can be served without it. Otherwise the system is degraded. */
  readonly isVital: boolean;
  probe(): Promise<unknown>;
}

interface DependencyReport {
  readonly status: 'up' | 'down';
  readonly latencyMs: number;
  /** When this process first found it down. */
  readonly downSince?: string;
  readonly downForSeconds?: number;
  /** A short code such as ECONNREFUSED; never an address or a message. */
  readonly problem?: string;
}

export interface HealthReport {
  readonly status: 'up' | 'degraded' | 'down';
  readonly dependencies: Readonly<Record<string, DependencyReport>>;
}

const LIMIT_MS = 1500;
const downSince = new Map<string, number>();

function problemOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return errorCodeOf(cause) ?? errorCodeOf(error) ?? 'UNAVAILABLE';
}

async function check(name: string, { probe }: Dependency): Promise<DependencyReport> {
  const started = performance.now();
  const latency = (): number => Math.round((performance.now() - started) * 10) / 10;
  try {
    await within(LIMIT_MS, name, probe());
    downSince.delete(name);
    return { status: 'up', latencyMs: latency() };
  } catch (error) {
    const since = downSince.get(name) ?? Date.now();
    downSince.set(name, since);
    return {
      status: 'down',
      latencyMs: latency(),
      downSince: new Date(since).toISOString(),
      downForSeconds: Math.round((Date.now() - since) / 1000),
      problem: problemOf(error),
    };
  }
}

function database(connect: () => Promise<Database>) {
  return async () => statement(await connect(), (db) => db.raw('SELECT 1'));
}

const DEPENDENCIES: Readonly<Record<string, Dependency>> = {
  mysqlUsers: { isVital: true, probe: database(usersDatabase) },
  mysqlNotifications: { isVital: true, probe: database(notificationsDatabase) },
  redis: { isVital: false, probe: async () => (await redisClient()).ping() },
  kafka: { isVital: false, probe: probeBroker },
  smtp: { isVital: false, probe: probeMailServer },
};

/** Probes every dependency concurrently, each for at most 1.5 s. */
async function checkDependencies(): Promise<HealthReport> {
  const checking = Object.entries(DEPENDENCIES).map(async ([name, dependency]) => {
    const report = await check(name, dependency);
    return { name, report, isVital: dependency.isVital };
  });
  const checked = await Promise.all(checking);
  const down = checked.filter(({ report }) => report.status === 'down');
  return {
    status: down.some(({ isVital }) => isVital) ? 'down' : down.length > 0 ? 'degraded' : 'up',
    dependencies: Object.fromEntries(checked.map(({ name, report }) => [name, report])),
  };
}

/** How long callers share a report: a flood of calls must not become a flood of probes. */
const SHARED_MS = 2000;

/** The state of every dependency, at most 2 s old. */
export const recentHealth: () => Promise<HealthReport> = memoizeFor(SHARED_MS, checkDependencies);
