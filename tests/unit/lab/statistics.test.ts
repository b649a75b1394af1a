import { describe, expect, it } from 'vitest';
import { largest, median, percentile, shortNumber } from '#tools/lab/statistics.ts';

describe('the median', () => {
  it.each([
    [[], undefined],
    [[4], 4],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %s', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('figures', () => {
  it('are percentiles of measured values', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.99)).toBeUndefined();
    expect(largest(hundred)).toBe(100);
  });
});

describe('a number', () => {
  it.each([
    [1234.5678, '1,235'],
    [99.99, '100'],
    [12.345, '12.3'],
    [1.001, '1'],
    [0.256, '0.26'],
  ])('%d is shown as %s', (value, expected) => {
    expect(shortNumber(value)).toBe(expected);
  });
});
