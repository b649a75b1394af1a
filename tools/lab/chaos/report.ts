import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillPlace } from '#tools/local/cli/marked-place.ts';
import { describeMachine, type Machine } from './machine.ts';
import { type Row, toMarkdown } from './table.ts';

export interface Report {
  /** of its place in a document */
  title: string;
  /** what was run */
  command: string;
  machine: Machine;
  rows: readonly Row[];
  notes: readonly string[];
}

function reportText({ command, machine, rows, notes }: Report) {
  return [`\`${command}\`: ${describeMachine(machine)}.`, toMarkdown(rows), ...notes].join('\n\n');
}

/** Writes a report: a .json file as it is, into the marked place of any other file as Markdown. */
export function writeReport(file: string, report: Report) {
  if (!file.endsWith('.json')) return fillPlace(file, { kind: 'chaos', title: report.title }, reportText(report));
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
