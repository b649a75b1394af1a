import { appLogFile } from '../logs/arguments.ts';
import { openLogFile } from '../logs/log-file.ts';
import { parseLogLine, prettyLine } from '../logs/log-line.ts';

/**
 * @param text whole lines
 * @returns the handlers' lines as a person reads them, the others as they are
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

/** Whether lines are printed for a person: on a terminal, unless LOG_FORMAT says otherwise. */
export function isForPeople(env: Record<string, string | undefined>, isTerminal: boolean) {
  return env.LOG_FORMAT === 'pretty' || (isTerminal && env.LOG_FORMAT !== 'json' && !env.NO_COLOR);
}

/**
 * Keeps all that this process prints in the application's log file, as it is. It is done here, not by the starter that could read a
 * pipe: so the application can go on printing when the starter was killed.
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
