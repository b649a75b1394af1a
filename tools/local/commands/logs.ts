import path from 'node:path';
import { logsHelp, wantsHelp } from '../cli/options.ts';
import { say } from '../cli/progress.ts';
import { describe, StartError } from '../cli/start-error.ts';
import { appLogFile, logsOptions } from '../logs/arguments.ts';
import { readLogFile } from '../logs/log-file.ts';
import { parseLogLine, prettyLine } from '../logs/log-line.ts';
import { oneWay } from '../logs/one-way.ts';

const latest = 50;

/**
 * `npm run logs`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
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

function show({ id, isJson }: { id: string | undefined; isJson: boolean }, file: string) {
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
