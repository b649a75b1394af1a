import { markdownTable, textTable } from '#local/cli/tables.mjs';

/** @typedef {import('./run-fault.mjs').Outcome} Outcome */

/**
 * One line of the table.
 * @typedef {object} Row
 * @property {string} system
 * @property {string} fault
 * @property {'passed' | 'failed' | 'skipped'} verdict
 * @property {readonly string[]} reasons why it failed or was skipped
 * @property {Outcome} [outcome]
 * @property {string} [note]
 * @property {string} [tag] what its addresses begin with
 */

const milliseconds = (/** @type {number | undefined} */ ms) => (ms === undefined ? '–' : `${Math.round(ms)}`);
const seconds = (/** @type {number | undefined} */ ms) => (ms === undefined ? 'no' : (ms / 1000).toFixed(1));
const percent = (/** @type {number | undefined} */ share) =>
  share === undefined ? '–' : `${(Math.floor(share * 10_000) / 100).toFixed(share === 1 ? 0 : 2)} %`;

/** @type {readonly [string, (outcome: Outcome) => string][]} */
const columns = [
  ['201s', ({ accepted }) => String(accepted)],
  ['answer lost', ({ unanswered }) => String(unanswered)],
  ['mails', ({ mails }) => String(mails)],
  ['duplicates', ({ duplicates }) => String(duplicates)],
  ['lost', ({ lost }) => String(lost)],
  ['unfinished', ({ unfinished }) => String(unfinished)],
  ['FAILED', ({ failed }) => String(failed)],
  ['slowest ms', ({ slowestMs }) => milliseconds(slowestMs)],
  [
    'POST p99 ms normal → fault',
    ({ normalP99Ms, faultP99Ms }) => `${milliseconds(normalP99Ms)} → ${milliseconds(faultP99Ms)}`,
  ],
  ['POST', ({ postAvailability }) => percent(postAvailability)],
  ['GET', ({ getAvailability }) => percent(getAvailability)],
  ['503 within ms', ({ slowest503Ms }) => milliseconds(slowest503Ms)],
  ['healed s', ({ healedMs }) => seconds(healedMs)],
];

/** @param {Row} row */
const verdictOf = ({ verdict, reasons, note }) => {
  const text = verdict === 'passed' ? 'ok' : `${verdict}: ${reasons.join(', ')}`;
  return note === undefined ? text : `${text} (${note})`;
};

/**
 * @param {Row} row
 * @returns {string[]}
 */
const cellsOf = (row) => {
  const { fault, outcome } = row;
  const figures = columns.map(([, show]) => (outcome === undefined ? '–' : show(outcome)));
  return [fault, ...figures, verdictOf(row)];
};

const head = ['fault', ...columns.map(([name]) => name), 'verdict'];

/**
 * A table for each system.
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export const toMarkdown = (rows) => {
  const systems = [...new Set(rows.map(({ system }) => system))];
  const tables = systems.map((system) => {
    const lines = rows.filter((row) => row.system === system).map(cellsOf);
    return [`**${system}**`, '', markdownTable([head, ...lines])].join('\n');
  });
  return tables.join('\n\n');
};

/**
 * The same for a terminal.
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export const toText = (rows) => {
  const lines = rows.map((row) => [row.system, ...cellsOf(row)]);
  return textTable([['system', ...head], ...lines]);
};

/**
 * One line while the run goes on.
 * @param {Row} row
 */
export const progressLine = (row) => {
  const { system, fault, outcome } = row;
  if (outcome === undefined) return `  ${system} ${fault}: ${verdictOf(row)}`;
  const { accepted, mails, duplicates, lost, unfinished, healedMs, lacks } = outcome;
  const counts = `201s ${accepted}, mails ${mails}, duplicates ${duplicates}, lost ${lost}, unfinished ${unfinished}`;
  return `  ${system} ${fault}: ${verdictOf(row)}; ${counts}, healed ${healedMs === undefined ? 'no' : `${seconds(healedMs)} s`}, last waited for ${lacks || 'nothing'}`;
};

/**
 * The closing line, as the tests' runner prints it.
 * @param {readonly Row[]} rows
 */
export const summaryLine = (rows) => {
  const count = (/** @type {Row['verdict']} */ wanted) => rows.filter(({ verdict }) => verdict === wanted).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
};
