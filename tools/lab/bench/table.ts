import { markdownTable, textTable } from '#tools/local/cli/tables.ts';
import type { Row } from './figure.ts';

/** Three digits that mean something. */
export function shortNumber(value: number) {
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: decimals });
}

function withUnit(value: number | undefined, unit: string) {
  return value === undefined ? '–' : `${shortNumber(value)} ${unit}`.trim();
}

function goalOf({ goal, unit }: Row) {
  if (goal === undefined) return '–';
  const [sign, value] = goal.atLeast === undefined ? ['≤', goal.atMost] : ['≥', goal.atLeast];
  return `${sign} ${withUnit(value, goal.of === 'ratio' ? '×' : unit)}`;
}

function cellsOf(row: Row) {
  return [
    row.title,
    withUnit(row.ours, row.unit),
    row.reference ?? '–',
    withUnit(row.theirs, row.unit),
    row.ratio === undefined ? '–' : `${row.ratio.toFixed(2)} ×`,
    goalOf(row),
    row.isMet === undefined ? '–' : row.isMet ? 'met' : 'not met',
  ];
}

const head = ['figure', 'ours', 'reference', 'its figure', 'ratio', 'goal', 'met'];

export function toMarkdown(rows: readonly Row[]) {
  return markdownTable([head, ...rows.map(cellsOf)]);
}

export function toText(rows: readonly Row[]) {
  return textTable([head, ...rows.map(cellsOf)]);
}

export function summaryLine(rows: readonly Row[]) {
  const judged = rows.filter(({ isMet }) => isMet !== undefined);
  return `${judged.filter(({ isMet }) => isMet).length} of ${judged.length} goals met`;
}
