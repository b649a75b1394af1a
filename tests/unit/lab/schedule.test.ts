import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom, scheduleFaults, scheduleRestarts } from '#tools/lab/chaos/schedule.ts';
import { dependencies } from '#tools/lab/faults/faults.ts';

const HALF_AN_HOUR = 30 * 60_000;
const seeds = fc.integer({ min: 1, max: 4_294_967_295 });

describe('the schedule of a soak', () => {
  it('follows from its seed', () => {
    expect(scheduleFaults(7, HALF_AN_HOUR)).toEqual(scheduleFaults(7, HALF_AN_HOUR));
    expect(scheduleFaults(7, HALF_AN_HOUR)).not.toEqual(scheduleFaults(8, HALF_AN_HOUR));
  });

  it('is in order, ends in time and never breaks a dependency that is broken already', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const faults = scheduleFaults(seed, HALF_AN_HOUR);
        expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => atMs).sort((a, b) => a - b));
        expect(faults.every(({ atMs, forMs }) => atMs + forMs <= HALF_AN_HOUR)).toBe(true);
        for (const dependency of dependencies) {
          const own = faults.filter((fault) => fault.dependency === dependency);
          for (const [index, { atMs }] of own.entries()) {
            const before = own[index - 1];
            if (before !== undefined) expect(atMs).toBeGreaterThan(before.atMs + before.forMs);
          }
        }
      }),
    );
  });

  it('breaks several dependencies at once', () => {
    const faults = scheduleFaults(1, HALF_AN_HOUR);
    const isOverlapped = faults.some(({ atMs, forMs, dependency }) =>
      faults.some((other) => other.dependency !== dependency && other.atMs > atMs && other.atMs < atMs + forMs),
    );

    expect(isOverlapped).toBe(true);
    expect(new Set(faults.map(({ dependency }) => dependency)).size).toBe(dependencies.length);
  });

  it('leaves out what is impossible', () => {
    const faults = scheduleFaults(3, HALF_AN_HOUR, ({ dependency, kind }) => dependency !== 'mysql' && kind !== 'kill');

    expect(faults.some(({ dependency }) => dependency === 'mysql')).toBe(false);
    expect(faults.some(({ kind }) => kind === 'kill')).toBe(false);
    expect(scheduleFaults(3, HALF_AN_HOUR, () => false)).toEqual([]);
  });
});

describe('the schedule of rolling restarts', () => {
  it('takes one replica after the other, in order and by force in turn', () => {
    const restarts = scheduleRestarts(2, 5 * 60_000);

    expect(restarts.map(({ replica, kind, atMs }) => [replica, kind, atMs])).toEqual([
      [0, 'stop', 35_000],
      [1, 'stop', 70_000],
      [0, 'kill', 105_000],
      [1, 'kill', 140_000],
      [0, 'stop', 175_000],
      [1, 'stop', 210_000],
      [0, 'kill', 245_000],
    ]);
    expect(scheduleRestarts(2, 10_000)).toEqual([]);
  });
});

describe('the generator', () => {
  it('gives numbers from 0 up to 1 that spread', () => {
    const random = randomFrom(42);
    const numbers = Array.from({ length: 10_000 }, random);

    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(numbers.reduce((sum, number) => sum + number, 0) / numbers.length).toBeCloseTo(0.5, 1);
  });
});
