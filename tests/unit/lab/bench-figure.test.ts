import { describe, expect, it } from 'vitest';
import { type Figure, judge, median, rowsOf } from '#tools/lab/bench/figure.ts';

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

describe('a goal', () => {
  it.each([
    [{ of: 'ratio', atLeast: 3 } as const, { figure: 1, ratio: 3 }, true],
    [{ of: 'ratio', atLeast: 3 } as const, { figure: 99, ratio: 2.99 }, false],
    [{ of: 'ratio', atMost: 1.25 } as const, { figure: 99, ratio: 1.2 }, true],
    [{ of: 'figure', atMost: 30 } as const, { figure: 31, ratio: undefined }, false],
    [{ of: 'ratio', atMost: 1 } as const, { figure: 1, ratio: undefined }, undefined],
    [undefined, { figure: 1, ratio: 1 }, undefined],
  ])('%j with %j is met: %s', (goal, found, expected) => {
    expect(judge(goal, found)).toBe(expected);
  });
});

describe('the rows of a figure', () => {
  const figure: Figure = {
    title: 'POST',
    unit: '/s',
    values: [100, 300, 200],
    references: [
      { name: 'peer', values: [100, 100, 400], goal: { of: 'ratio', atLeast: 3 } },
      { name: 'argon2 alone', values: [250] },
    ],
  };

  it('are one for each reference, from the medians', () => {
    expect(rowsOf(figure)).toMatchObject([
      { ours: 200, reference: 'peer', theirs: 100, ratio: 2, isMet: false },
      { ours: 200, reference: 'argon2 alone', theirs: 250, ratio: 0.8, goal: undefined, isMet: undefined },
    ]);
  });

  it('are one more for a goal of its own', () => {
    const rows = rowsOf({ ...figure, goal: { of: 'figure', atMost: 250 } });

    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ ours: 200, reference: undefined, ratio: undefined, isMet: true });
  });

  it('are one without references', () => {
    expect(rowsOf({ ...figure, references: [] })).toMatchObject([{ title: 'POST', ours: 200, isMet: undefined }]);
  });

  it('have no ratio to a reference that shows nothing', () => {
    const [row] = rowsOf({ ...figure, references: [{ name: 'peer', values: [], goal: { of: 'ratio', atLeast: 1 } }] });

    expect(row).toMatchObject({ theirs: undefined, ratio: undefined, isMet: undefined });
  });
});
