import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillPlace } from '#local/cli/marked-place.mjs';
import { describeMachine } from './machine.mjs';
import { toMarkdown } from './table.mjs';

/**
 * @typedef {object} Report
 * @property {string} title of its place in a document
 * @property {string} command what was run
 * @property {import('./machine.mjs').Machine} machine
 * @property {readonly import('./table.mjs').Row[]} rows
 * @property {readonly string[]} notes
 */

/** @param {Report} report */
const reportText = ({ command, machine, rows, notes }) =>
  [`\`${command}\`: ${describeMachine(machine)}.`, toMarkdown(rows), ...notes].join('\n\n');

/**
 * Writes a report: a .json file as it is, into the marked place of any other file as Markdown.
 * @param {string} file
 * @param {Report} report
 */
export const writeReport = (file, report) => {
  if (!file.endsWith('.json')) return fillPlace(file, { kind: 'chaos', title: report.title }, reportText(report));
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
};
