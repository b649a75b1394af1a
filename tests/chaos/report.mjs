import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
 * Puts a text between the marks of its place, or at the end with marks of its own.
 * @param {string} page
 * @param {string} title
 * @param {string} text
 */
export const placed = (page, title, text) => {
  const [begin, end] = [`<!-- chaos: ${title} -->`, `<!-- end of ${title} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  const block = `${begin}\n\n${text}\n\n${end}`;
  if (from < 0 || to < from) return `${page.trimEnd()}${page.trim() === '' ? '' : '\n\n'}${block}\n`;
  return `${page.slice(0, from)}${block}${page.slice(to + end.length)}`;
};

/**
 * Writes a report: a .json file as it is, into the marked place of any other file as Markdown.
 * @param {string} file
 * @param {Report} report
 */
export const writeReport = (file, report) => {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  if (file.endsWith('.json')) return writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  const page = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, placed(page, report.title, reportText(report)));
};
