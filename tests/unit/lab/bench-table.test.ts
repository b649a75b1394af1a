import { describe, expect, it } from 'vitest';
import { rowsOf } from '#tools/lab/bench/figure.ts';
import { commandLine } from '#tools/lab/bench/report.ts';
import { shortNumber, summaryLine, toMarkdown, toText } from '#tools/lab/bench/table.ts';

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

describe('the table of a benchmark', () => {
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

describe('the command line that is noted', () => {
  it('leaves out where the results went', () => {
    expect(commandLine('npm run bench', ['--only', 'post', '--out', 'a.md', '--json', 'b.json', '--short'])).toBe(
      'npm run bench -- --only post --short',
    );
    expect(commandLine('npm run bench', ['--out', 'a.md'])).toBe('npm run bench');
  });
});
