import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '#shared/config/config.ts';
import { throttle, UNRESERVED } from '#tools/deploy/throttle.ts';

interface Definition {
  readonly uses?: readonly string[];
  readonly reservedConcurrency?: number;
  readonly events: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

const functions: Readonly<Record<string, Definition>> = parse(readFileSync('serverless.yml', 'utf8')).functions;
const partitions = Number(parse(readFileSync('tools/deploy/parameters.yml', 'utf8')).default.kafkaPartitions);

/** As tools/deploy/deployed-stage.ts reserves it. */
function concurrencyOf({ reservedConcurrency, events }: Definition): number | undefined {
  return reservedConcurrency ?? (has({ events }, 'kafka') ? partitions : undefined);
}
function has({ events }: Definition, kind: string): boolean {
  return events.some((event) => kind in event);
}
function databasesOf({ uses = [] }: Definition): number {
  return uses.filter((grant) => /(Database|Reader|Migration)$/.test(grant)).length;
}
const users = Object.entries(functions).filter(([, definition]) => databasesOf(definition) > 0);

describe('the connections that deployed functions can open', () => {
  it('are bounded for each function with a database', () => {
    expect(users.filter(([, definition]) => concurrencyOf(definition) === undefined)).toEqual([]);
  });

  const pool = readConfig({ STAGE: 'prod' }).DATABASE_POOL_SIZE;
  const most = users.reduce(
    (sum, [, definition]) => sum + (concurrencyOf(definition) ?? Infinity) * databasesOf(definition) * pool,
    0,
  );

  it('add up to the total in docs/capacity.md', () => {
    const documented = /That is (\d+) in total/.exec(readFileSync('docs/capacity.md', 'utf8'))?.[1];

    expect(Number(documented)).toBe(most);
  });

  it('add up to at most that total without reservations', () => {
    // A call ends within 2 s, whatever is down (docs/chaos.md). A scheduled run starts each minute and lasts less.
    const { rate, burst } = UNRESERVED;
    const calls = burst + 2 * rate;
    const ofCalls = Math.max(...users.filter(([, each]) => has(each, 'httpApi')).map(([, each]) => databasesOf(each)));
    const rest = users
      .filter(([, each]) => !has(each, 'httpApi'))
      .map(([, each]) => databasesOf(each) * (has(each, 'kafka') ? each.events.length * partitions : 2));

    expect((calls * ofCalls + rest.reduce((sum, each) => sum + each, 0)) * pool).toBeLessThanOrEqual(most);
  });

  it('add up to at most what docs/deploy.md asks for', () => {
    const documented = /`max_connections` of at least (\d+)/.exec(readFileSync('docs/deploy.md', 'utf8'))?.[1];

    // Twice: while a deploy replaces the functions, both versions hold connections.
    expect(Number(documented)).toBeGreaterThanOrEqual(2 * most);
    expect(Number(documented)).toBeLessThan(3 * most);
  });
});

describe('the limits of the HTTP API', () => {
  const limits = { throttleRate: '200', throttleBurst: '3' };

  it.each([
    ['true', { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 3 }],
    ['false', { ThrottlingRateLimit: UNRESERVED.rate, ThrottlingBurstLimit: 3 }],
  ])('with reserveConcurrency=%s', (reserveConcurrency, expected) => {
    expect(throttle({ ...limits, reserveConcurrency })).toEqual(expected);
  });
});
