import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillPlace } from '#tools/local/cli/marked-place.ts';
import { describeMachine, type Machine } from '../chaos/machine.ts';

export interface Run {
  command: string;
  machine: Machine;
}

/** The command as it was given, without where its results went. */
export function commandLine(command: string, args: readonly string[]) {
  const kept = args.filter((arg, index) => !isDestination(arg) && !isDestination(args[index - 1]));
  return [command, ...(kept.length > 0 ? ['--', ...kept] : [])].join(' ');
}

function isDestination(arg: string | undefined) {
  return arg === '--json' || arg === '--out';
}

export function writeJson(file: string, content: object) {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Writes Markdown tables into their marked places of a page.
 * @param tables by the place's title
 */
export function writeTables(file: string, { command, machine }: Run, tables: ReadonlyMap<string, string>) {
  for (const [title, table] of tables)
    fillPlace(file, { kind: 'bench', title }, `\`${command}\`: ${describeMachine(machine)}.\n\n${table}`);
}
