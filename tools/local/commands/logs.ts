import path from 'node:path';
import { appLogFile, readLogFile } from '../app/app-log.ts';
import { readOptions, runCommand } from '../cli/options.ts';
import { say } from '../cli/progress.ts';
import { StartError } from '../cli/start-error.ts';
import { inert, type LogLine, linesOf, parseLogLine, prettyLine } from './logs-lines.ts';

const help = `npm run logs [-- <id>] [--json]

Shows the application's log that npm start keeps (.local/log/app.log, or APP_LOG_FILE; 32 MB at most).

  npm run logs                     the latest 50 lines
  npm run logs -- 4bf92f35         one registration from start to end, by its trace id (or the beginning of it) ...
  npm run logs -- 6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d   ... or by the event's uuid
  --json                           one JSON object per line, for programs
  --help

The trace id is in every error, in every event of GET /api/events and on the dashboard.
`;

const latest = 50;

/** `npm run logs` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    show(logsOptions(args), appLogFile(process.env));
    return 0;
  });
}

/** @throws {StartError} */
export function logsOptions(args: string[]): { id: string | undefined; isJson: boolean } {
  const { values, positionals } = readOptions(args, { json: { type: 'boolean' } }, true);
  const [id, extra] = positionals;
  if (extra !== undefined) throw new StartError(`Unexpected argument '${extra}'. Run with --help to list options.`);
  if (id !== undefined && !/^[0-9a-f-]{4,36}$/i.test(id))
    throw new StartError(`'${id}' is neither a trace id (or its first 4 characters or more) nor the uuid of an event`);
  return { id, isJson: values.json === true };
}

function show({ id, isJson }: { id: string | undefined; isJson: boolean }, file: string) {
  const name = path.relative(process.cwd(), file);
  const texts = readLogFile(file);
  if (texts === undefined) throw new StartError(`There is no log yet: npm start writes ${name}`);
  const lines = texts.flatMap((text) => parseLogLine(text) ?? []);
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  const print = (line: LogLine, since?: number) =>
    say(isJson ? inert(JSON.stringify(line)) : prettyLine(line, since === undefined ? { colour } : { colour, since }));
  if (id === undefined) {
    for (const line of lines.slice(-latest)) print(line);
    return;
  }
  const found = linesOf(lines, id);
  const [first] = found.lines;
  if (first === undefined) throw new StartError(`${name} has no line about ${id}`);
  const { traceIds } = found;
  if (traceIds.length > 1) throw new StartError([`${id} matches ${traceIds.length} traces:`, ...traceIds].join('\n  '));
  if (!isJson) say(`trace ${traceIds[0] ?? ''}, from ${new Date(first.at).toISOString()}`);
  for (const line of found.lines) print(line, first.at);
}
