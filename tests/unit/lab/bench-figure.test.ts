import { describe, expect, it } from 'vitest';
import { type Figure, judge, rowsOf, summaryLine, toMarkdown, toText } from '#tools/lab/bench/figure.ts';

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

describe('the table of a benchmark', () => {
  const rows = [
    ...rowsOf({
      title: 'POST',
      unit: '/s',
      values: [1234.5],
      references: [
        { name: 'peer', values: [411.5], goal: { of: 'ratio', atLeast: 3 } },
        { name: 'a | b', values: [12.34] },
      ],
    }),
    ...rowsOf({ title: 'import', unit: 'ms', values: [160], goal: { of: 'figure', atMost: 150 }, references: [] }),
  ];

  it('is Markdown', () => {
    expect(toMarkdown(rows).split('\n')).toEqual([
      '| figure | ours | reference | its figure | ratio | goal | met |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| POST | 1,235 /s | peer | 412 /s | 3.00 × | ≥ 3 × | met |',
      '| POST | 1,235 /s | a \\| b | 12.3 /s | 100.04 × | – | – |',
      '| import | 160 ms | – | – | – | ≤ 150 ms | not met |',
    ]);
  });

  it('stands in columns on a terminal', () => {
    const [head = '', first = ''] = toText(rows).split('\n');

    expect(first.indexOf('peer')).toBe(head.indexOf('reference'));
  });

  it('ends with how many goals were met', () => {
    expect(summaryLine(rows)).toBe('1 of 2 goals met');
  });
});
