import { markdownTable, textTable } from '#tools/local/cli/tables.ts';
import type { Outcome } from './run-fault.ts';

/** One line of the table. */
export interface Row {
  system: string;
  fault: string;
  verdict: 'passed' | 'failed' | 'skipped';
  /** why it failed or was skipped */
  reasons: readonly string[];
  outcome?: Outcome;
  note?: string;
}

export function verdictFor(reasons: readonly string[]): Row['verdict'] {
  return reasons.length === 0 ? 'passed' : 'failed';
}

function milliseconds(ms: number | undefined) {
  return ms === undefined ? '–' : `${Math.round(ms)}`;
}
function seconds(ms: number | undefined) {
  return ms === undefined ? 'no' : (ms / 1000).toFixed(1);
}
function percent(share: number | undefined) {
  return share === undefined ? '–' : `${(Math.floor(share * 10_000) / 100).toFixed(share === 1 ? 0 : 2)} %`;
}

const columns: readonly [string, (outcome: Outcome) => string][] = [
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

function verdictOf({ verdict, reasons, note }: Row) {
  const text = verdict === 'passed' ? 'ok' : `${verdict}: ${reasons.join(', ')}`;
  return note === undefined ? text : `${text} (${note})`;
}

function cellsOf(row: Row): string[] {
  const { fault, outcome } = row;
  const figures = columns.map(([, show]) => (outcome === undefined ? '–' : show(outcome)));
  return [fault, ...figures, verdictOf(row)];
}

const head = ['fault', ...columns.map(([name]) => name), 'verdict'];

/** A table for each system. */
export function toMarkdown(rows: readonly Row[]): string {
  const systems = [...new Set(rows.map(({ system }) => system))];
  const tables = systems.map((system) => {
    const lines = rows.filter((row) => row.system === system).map(cellsOf);
    return [`**${system}**`, '', markdownTable([head, ...lines])].join('\n');
  });
  return tables.join('\n\n');
}

/** The same for a terminal. */
export function toText(rows: readonly Row[]): string {
  const lines = rows.map((row) => [row.system, ...cellsOf(row)]);
  return textTable([['system', ...head], ...lines]);
}

/** The line that is printed when a fault is done. */
export function progressLine(row: Row) {
  const { system, fault, outcome } = row;
  if (outcome === undefined) return `  ${system} ${fault}: ${verdictOf(row)}`;
  const { accepted, mails, duplicates, lost, unfinished, healedMs, lacks } = outcome;
  const counts = `201s ${accepted}, mails ${mails}, duplicates ${duplicates}, lost ${lost}, unfinished ${unfinished}`;
  return `  ${system} ${fault}: ${verdictOf(row)}; ${counts}, healed ${healedMs === undefined ? 'no' : `${seconds(healedMs)} s`}, last waited for ${lacks || 'nothing'}`;
}

/** The closing line, in the form of the test runner's. */
export function summaryLine(rows: readonly Row[]) {
  const count = (wanted: Row['verdict']) => rows.filter(({ verdict }) => verdict === wanted).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
