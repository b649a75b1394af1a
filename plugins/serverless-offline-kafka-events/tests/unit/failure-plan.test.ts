import { describe, expect, test } from 'vitest';
import { backoffMs, planAfterFailure, planAfterPartial, splitByAge } from '../../src/partition/failure-plan.ts';
import { newUnit, type Unit } from '../../src/partition/units-and-limits.ts';
import { aRecord, limits, records } from '../helpers/records.ts';

function offsets(unit: Unit | undefined) {
  return unit?.records.map((record) => record.offset);
}

describe('after a failed invocation', () => {
  test('the whole batch is retried, with back-off, without limit', () => {
    let [unit] = planAfterFailure(newUnit(records(5, 6), 7), limits(), 10_000);
    expect(unit).toMatchObject({ attempts: 1, failures: 1, notBeforeMs: 11_000, discard: null, endOffset: 7 });
    for (let i = 0; i < 50 && unit !== undefined; i++) [unit] = planAfterFailure(unit, limits(), 0);
    expect(unit).toMatchObject({ attempts: 51, notBeforeMs: 30_000, discard: null });
  });

  test('it is discarded once the retries are exhausted', () => {
    const bounded = limits({ maximumRetryAttempts: 1 });
    const [first] = planAfterFailure(newUnit(records(5), 6), bounded, 0);
    expect(first?.discard).toBeNull();
    const [second] = first === undefined ? [] : planAfterFailure(first, bounded, 0);
    expect(second).toMatchObject({ discard: 'RetriesExhausted' });
  });

  test('0 retry attempts give it up at once', () => {
    expect(planAfterFailure(newUnit(records(5), 6), limits({ maximumRetryAttempts: 0 }), 0)[0]?.discard).toBe(
      'RetriesExhausted',
    );
  });

  test('bisecting halves it in order and uses no attempt', () => {
    const halves = planAfterFailure(
      newUnit(records(1, 2, 3, 4, 5), 9),
      limits({ isBisecting: true, maximumRetryAttempts: 0 }),
      100,
    );
    expect(halves.map(offsets)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(halves.map((half) => half.endOffset)).toEqual([4, 9]);
    expect(halves.map((half) => half.attempts)).toEqual([0, 0]);
    expect(halves.map((half) => half.notBeforeMs)).toEqual([1_100, 1_100]);
  });

  test('one record cannot be halved: it uses up its attempts', () => {
    const [unit] = planAfterFailure(newUnit(records(1), 2), limits({ isBisecting: true, maximumRetryAttempts: 0 }), 0);
    expect(unit?.discard).toBe('RetriesExhausted');
  });
});

describe('after a partial response', () => {
  test('what comes before the lowest failed offset is done', () => {
    const [rest, ...others] = planAfterPartial(newUnit(records(1, 2, 3, 4), 5), 3, limits(), 0);
    expect(offsets(rest)).toEqual([3, 4]);
    expect(rest).toMatchObject({ endOffset: 5, attempts: 1 });
    expect(others).toEqual([]);
  });

  test('with bisecting the split is at the checkpoint and uses up no attempt', () => {
    const [rest] = planAfterPartial(
      newUnit(records(1, 2, 3, 4), 5),
      3,
      limits({ isBisecting: true, maximumRetryAttempts: 0 }),
      0,
    );
    expect(offsets(rest)).toEqual([3, 4]);
    expect(rest).toMatchObject({ attempts: 0, discard: null });
  });

  test.each([true, false])('every invocation that carried a record is counted (bisecting: %s)', (isBisecting) => {
    const tried = { ...newUnit(records(1, 2, 3, 4), 5), invocations: 3 };
    expect(planAfterPartial(tried, 3, limits({ isBisecting }), 0)).toMatchObject([{ invocations: 3 }]);
    expect(planAfterFailure(tried, limits({ isBisecting }), 0)[0]).toMatchObject({ invocations: 3 });
  });

  test('without progress it is a failure of the whole', () => {
    const plan = planAfterPartial(newUnit(records(1, 2), 3), 1, limits({ isBisecting: true }), 0);
    expect(plan.map(offsets)).toEqual([[1], [2]]);
  });
});

describe('records that are too old', () => {
  const aged = (...ages: number[]) =>
    newUnit(
      ages.map((age, offset) => aRecord(offset, { timestamp: 100_000 - age })),
      ages.length,
    );

  test.each([
    { ages: [10, 20], expected: [[[0, 1], null]] },
    { ages: [70, 80], expected: [[[0, 1], 'RecordAgeExceeded']] },
    {
      ages: [70, 10, 80],
      expected: [
        [[0], 'RecordAgeExceeded'],
        [[1, 2], null],
      ],
    },
    {
      ages: [10, 70],
      expected: [
        [[0], null],
        [[1], null],
      ],
    },
    { ages: [60], expected: [[[0], null]] },
  ])('of the ages $ages', ({ ages, expected }) => {
    expect(splitByAge(aged(...ages), 60, 100_000).map((unit) => [offsets(unit), unit.discard])).toEqual(expected);
  });
});

test.each([
  [1, 1_000],
  [2, 2_000],
  [5, 16_000],
  [6, 30_000],
  [5_000, 30_000],
])('after %i failures in a row the wait is %i ms', (failures, expected) => {
  expect(backoffMs({ initialMs: 1_000, maximumMs: 30_000 }, failures)).toBe(expected);
});
