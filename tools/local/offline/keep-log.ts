import { appLogFile, openLogFile } from '../app/app-log.ts';
import { parseLogLine, prettyLine } from '../commands/logs-lines.ts';

/**
 * Formats the handlers' lines for a person; other lines stay as they are.
 * @param text whole lines
 */
export function readable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const parsed = parseLogLine(line);
      return parsed === undefined ? line : prettyLine(parsed, { colour: true });
    })
    .join('\n');
}

/** Whether lines are formatted for a person: on a terminal, unless LOG_FORMAT or NO_COLOR is set. */
export function isForPeople(env: Record<string, string | undefined>, isTerminal: boolean) {
  return env.LOG_FORMAT === 'pretty' || (isTerminal && env.LOG_FORMAT !== 'json' && !env.NO_COLOR);
}

/**
 * Copies this process's output into the application's log file. The starter could do it through a pipe, but the application must be
 * able to print after the starter was killed.
 */
export function keepLog() {
  const { write: keep } = openLogFile(appLogFile(process.env));
  for (const stream of [process.stdout, process.stderr]) {
    const print = stream.write.bind(stream);
    const makeReadable = isForPeople(process.env, stream.isTTY === true);
    const write: (chunk: unknown, ...rest: never[]) => boolean = (chunk, ...rest) => {
      if (typeof chunk !== 'string') return print(chunk as Uint8Array, ...rest);
      keep(chunk);
      return print(makeReadable ? readable(chunk) : chunk, ...rest);
    };
    stream.write = write as typeof stream.write;
  }
}
