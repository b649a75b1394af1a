import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillPlace } from '#local/cli/marked-place.mjs';
import { describeMachine } from '#tests/chaos/machine.mjs';

/**
 * @typedef {object} Run
 * @property {string} command
 * @property {import('#tests/chaos/machine.mjs').Machine} machine
 */

/**
 * The command as it was given, without where its results went.
 * @param {string} command
 * @param {readonly string[]} args
 */
export const commandLine = (command, args) => {
  const kept = args.filter((arg, index) => !isDestination(arg) && !isDestination(args[index - 1]));
  return [command, ...(kept.length > 0 ? ['--', ...kept] : [])].join(' ');
};

const isDestination = (/** @type {string | undefined} */ arg) => arg === '--json' || arg === '--out';

/**
 * @param {string} file
 * @param {object} content
 */
export const writeJson = (file, content) => {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
};

/**
 * Writes Markdown tables into their marked places of a page.
 * @param {string} file
 * @param {Run} run
 * @param {ReadonlyMap<string, string>} tables by the place's title
 */
export const writeTables = (file, { command, machine }, tables) => {
  for (const [title, table] of tables)
    fillPlace(file, { kind: 'bench', title }, `\`${command}\`: ${describeMachine(machine)}.\n\n${table}`);
};
