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

/** @param {readonly (readonly string[])[]} lines the first is the head @returns {string} */
export const markdownTable = (lines) => {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [first = [], ...rest] = lines;
  return [line(first), line(first.map(() => '---')), ...rest.map(line)].join('\n');
};

/** @param {readonly (readonly string[])[]} lines @returns {string} in columns, for a terminal */
export const textTable = (lines) => {
  const widths = (lines[0] ?? []).map((_, index) => Math.max(...lines.map((cells) => cells[index]?.length ?? 0)));
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** @param {readonly Row[]} rows */
export const toMarkdown = (rows) => markdownTable([head, ...rows.map(cellsOf)]);

/** @param {readonly Row[]} rows */
export const toText = (rows) => textTable([head, ...rows.map(cellsOf)]);

/** @param {readonly Row[]} rows */
export const summaryLine = (rows) => {
  const judged = rows.filter(({ isMet }) => isMet !== undefined);
  return `${judged.filter(({ isMet }) => isMet).length} of ${judged.length} goals met`;
};
