import { describe, expect, it } from 'vitest';
import { spanText } from '#dashboard/format.ts';
import type { Health, Snapshot } from '#dashboard/snapshot.ts';
import { isMoving, stages } from '#dashboard/stages.ts';
import type { Pipeline } from '#shared/outbox/outbox-schemas.ts';

const NOW = Date.parse('2026-01-31T12:00:00.000Z');
function ago(ms: number): string {
  return new Date(NOW - ms).toISOString();
}
function count(number: number, isMore = false) {
  return { count: number, isMore };
}

function pipeline(changes: Partial<Pipeline> = {}): Pipeline {
  return {
    observedAt: ago(0),
    states: { PROCESSING: count(0), FINISHED: count(100_000, true), FAILED: count(0) },
    unpublished: count(0),
    oldestUnfinishedAt: null,
    latencyMs: { p50: 64, p95: 180, p99: 300 },
    minutes: [
      { startsAt: ago(60_000), registered: 4, finished: 4, failed: 0, latencyMs: null },
      { startsAt: ago(0), registered: 3, finished: 2, failed: 0, latencyMs: null },
    ],
    ...changes,
  };
}

function down(name: string): Health {
  return {
    status: 'degraded',
    dependencies: { [name]: { status: 'down', latencyMs: 1 } },
  };
}

function stage(snapshot: Snapshot, key: string) {
  return stages(snapshot, NOW).find((one) => one.key === key);
}

describe('the pipeline stages', () => {
  it('lists six stages in the order in which an event passes them', () => {
    expect(stages({}, NOW).map(({ key }) => key)).toEqual(['http', 'outbox', 'kafka', 'mail', 'confirmed', 'failed']);
  });

  it('shows no figures before the first response', () => {
    for (const { value, tone } of stages({}, NOW)) expect([value, tone]).toEqual(['–', 'unknown']);
  });

  it('shows rates and counts, and marks capped counts', () => {
    expect(stage({ pipeline: pipeline() }, 'http')).toMatchObject({ value: '7', detail: '3 in this minute' });
    expect(stage({ pipeline: pipeline() }, 'confirmed')).toMatchObject({
      value: '100,000+',
      detail: 'median 64 ms',
    });
  });

  it.each([
    ['mysqlUsers', 'http', 'down'],
    ['mysqlUsers', 'outbox', 'down'],
    ['redis', 'http', 'warn'],
    ['kafka', 'kafka', 'down'],
    ['smtp', 'mail', 'down'],
    ['mysqlNotifications', 'mail', 'down'],
  ])('without %s, %s is %s', (dependency, key, tone) => {
    expect(stage({ pipeline: pipeline(), health: down(dependency) }, key)?.tone).toBe(tone);
  });

  it.each([
    [5_000, 0, 'ok'],
    [5_000, 2, 'busy'],
    [20_000, 2, 'warn'],
  ])('with the oldest unfinished event %i ms old and %i unpublished, the outbox is %s', (age, unpublished, tone) => {
    const seen = pipeline({ oldestUnfinishedAt: ago(age), unpublished: count(unpublished) });

    expect(stage({ pipeline: seen }, 'outbox')).toMatchObject({ tone, detail: `unfinished for ${spanText(age)}` });
  });

  it('warns about failed events and refused recipients', () => {
    const failed = pipeline({ states: { PROCESSING: count(1), FINISHED: count(0), FAILED: count(2) } });
    const waiting = [{ uuid: 'x', attempts: 2, reason: '451', nextAttemptAt: null }];
    const deliveries = {
      observedAt: ago(0),
      states: { PENDING: count(1), SENT: count(0), FAILED: count(0) },
      waiting,
    };

    expect(stage({ pipeline: failed }, 'failed')).toMatchObject({ value: '2', tone: 'warn' });
    expect(stage({ deliveries }, 'mail')).toMatchObject({ value: '1', detail: '1 temporarily refused', tone: 'warn' });
  });

  it('says where to find the consumer figures when the API has none', () => {
    expect(stage({ consumers: null }, 'kafka')).toMatchObject({ value: '–', tone: 'unknown' });
  });

  it('animates while an event is in progress', () => {
    const still = pipeline({ minutes: [] });
    expect(isMoving({ pipeline: still })).toBe(false);
    expect(isMoving({ pipeline: { ...still, states: { ...still.states, PROCESSING: count(1) } } })).toBe(true);
    expect(isMoving({ pipeline: pipeline() })).toBe(true);
  });
});
