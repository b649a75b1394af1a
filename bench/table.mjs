import { markdownTable, textTable } from '#local/cli/tables.mjs';

/** @typedef {import('./figure.mjs').Row} Row */

/**
 * Three digits that mean something.
 * @param {number} value
 */
export const shortNumber = (value) => {
  const size = Math.abs(value);
  const decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: decimals });
};

/** @param {number | undefined} value @param {string} unit */
const withUnit = (value, unit) => (value === undefined ? '–' : `${shortNumber(value)} ${unit}`.trim());

/** @param {Row} row */
const goalOf = ({ goal, unit }) => {
  if (goal === undefined) return '–';
  const [sign, value] = goal.atLeast === undefined ? ['≤', goal.atMost] : ['≥', goal.atLeast];
  return `${sign} ${withUnit(value, goal.of === 'ratio' ? '×' : unit)}`;
};

/** @param {Row} row */
const cellsOf = (row) => [
  row.title,
  withUnit(row.ours, row.unit),
  row.reference ?? '–',
  withUnit(row.theirs, row.unit),
  row.ratio === undefined ? '–' : `${row.ratio.toFixed(2)} ×`,
  goalOf(row),
  row.isMet === undefined ? '–' : row.isMet ? 'met' : 'not met',
];

const head = ['figure', 'ours', 'reference', 'its figure', 'ratio', 'goal', 'met'];

/** @param {readonly Row[]} rows */
export const toMarkdown = (rows) => markdownTable([head, ...rows.map(cellsOf)]);

/** @param {readonly Row[]} rows */
export const toText = (rows) => textTable([head, ...rows.map(cellsOf)]);

/** @param {readonly Row[]} rows */
export const summaryLine = (rows) => {
  const judged = rows.filter(({ isMet }) => isMet !== undefined);
  return `${judged.filter(({ isMet }) => isMet).length} of ${judged.length} goals met`;
};
