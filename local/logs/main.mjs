import path from 'node:path';
import { logsHelp, wantsHelp } from '../cli/options.mjs';
import { say } from '../cli/progress.mjs';
import { describe, StartError } from '../cli/start-error.mjs';
import { appLogFile, logsOptions } from './arguments.mjs';
import { readLogFile } from './log-file.mjs';
import { parseLogLine, prettyLine } from './log-line.mjs';
import { oneWay } from './one-way.mjs';

const latest = 50;

/**
 * `npm run logs`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  if (wantsHelp(args)) {
    process.stdout.write(logsHelp);
    return 0;
  }
  try {
    show(logsOptions(args), appLogFile(process.env));
    return 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}

/**
 * @param {{ id: string | undefined, isJson: boolean }} options
 * @param {string} file
 */
function show({ id, isJson }, file) {
  const name = path.relative(process.cwd(), file);
  const texts = readLogFile(file);
  if (texts === undefined) throw new StartError(`There is no log yet: npm start writes ${name}`);
  const lines = texts.flatMap((text) => parseLogLine(text) ?? []);
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  if (id === undefined) {
    for (const line of lines.slice(-latest)) say(isJson ? JSON.stringify(line) : prettyLine(line, { colour }));
    return;
  }
  const way = oneWay(lines, id);
  const [first] = way.lines;
  if (first === undefined) throw new StartError(`${name} has no line about ${id}`);
  if (way.traceIds.length > 1)
    throw new StartError(
      `${id} is the beginning of ${way.traceIds.length} traces:\n${way.traceIds.map((traceId) => `  ${traceId}`).join('\n')}`,
    );
  if (!isJson) say(`trace ${way.traceIds[0] ?? ''}, from ${new Date(first.at).toISOString()}`);
  for (const line of way.lines) say(isJson ? JSON.stringify(line) : prettyLine(line, { colour, since: first.at }));
}
