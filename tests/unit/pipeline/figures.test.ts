import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoizeFor } from '#shared/async/memoize-for.ts';
import { BUCKET_GROWTH, latencyOf, merge } from '#shared/outbox/histogram.ts';
import { parseMetrics } from '#shared/system/consumers.ts';

/** Assigns each value to its bucket, as the database does. */
function histogramOf(values: readonly number[]) {
  const histogram = new Map<number, number>();
  for (const value of values) {
    const bucket = Math.round(Math.log(Math.max(value, 1)) / Math.log(BUCKET_GROWTH));
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
  }
  return histogram;
}

describe('latency percentiles', () => {
  it('are null without values', () => {
    expect(latencyOf(new Map())).toBeNull();
  });

  it('are within 5 % of the nearest rank for any values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 10, max: 10_000_000 }), { minLength: 1 }), (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const latency = latencyOf(histogramOf(values));
        for (const [part, told] of [[0.5, latency?.p50] as const, [0.95, latency?.p95] as const]) {
          const exact = sorted[Math.max(1, Math.ceil(sorted.length * part)) - 1] ?? 0;
          expect(Math.abs((told ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.05 + 0.5);
        }
      }),
    );
  });

  it('of several minutes cover all their events', () => {
    const [one, other] = [histogramOf([10, 20, 30]), histogramOf([30, 4000])];

    expect(latencyOf(merge([one, other]))).toEqual(latencyOf(histogramOf([10, 20, 30, 30, 4000])));
  });
});

describe('a value cached for a period', () => {
  it('loads once per period for all callers', async () => {
    let [now, loads] = [0, 0];
    const get = memoizeFor(
      1000,
      async () => {
        loads += 1;
        return loads;
      },
      () => now,
    );

    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    now = 999;
    expect(await get()).toBe(1);
    now = 1000;
    expect(await get()).toBe(2);
  });

  it('does not cache a failure', async () => {
    let isDown = true;
    const get = memoizeFor(
      1000,
      async () => {
        if (isDown) throw new Error('down');
        return 'up';
      },
      () => 0,
    );

    await expect(get()).rejects.toThrow('down');
    isDown = false;
    expect(await get()).toBe('up');
  });
});

describe("the event source's metrics", () => {
  const labels = '{function="send",topic="t.user",group="g"}';

  it('yield one consumer per mapping', () => {
    const text = [
      '# TYPE kafka_events_sum_offset_lag gauge',
      `kafka_events_sum_offset_lag${labels} 3`,
      `kafka_events_concurrent_executions${labels} 1`,
      `kafka_events_invoked_event_count_total${labels} 42`,
      `kafka_events_invoke_error_count_total${labels} 2`,
      `kafka_events_polled_event_count_total${labels} 50`,
      'kafka_events_sum_offset_lag{function="other",topic="t",group="g"} 0',
    ].join('\n');

    expect(parseMetrics(text)).toEqual([
      { function: 'send', topic: 't.user', group: 'g', lag: 3, batchesInFlight: 1, records: 42, failedBatches: 2 },
      { function: 'other', topic: 't', group: 'g', lag: 0, batchesInFlight: 0, records: 0, failedBatches: 0 },
    ]);
  });

  it('yield no consumers for any other text', () => {
    expect(parseMetrics('<html>not found</html>')).toEqual([]);
  });
});
