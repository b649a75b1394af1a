import { type ParseArgsConfig, parseArgs } from 'node:util';
import { describe, StartError } from './start-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Whether --help or -h is among the arguments. */
export function wantsHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

/**
 * Reads a command's arguments; `--name value` and `--name=value` mean the same.
 * @throws {StartError} that names the first unknown or incomplete option
 */
export function readOptions<const O extends Options>(args: string[], options: O, allowPositionals = false) {
  try {
    return parseArgs({ args, options, allowPositionals, strict: true });
  } catch (error) {
    const [problem] = error instanceof Error ? error.message.split(/\.\s/) : [String(error)];
    throw new StartError(`${problem}. Run with --help to list options.`);
  }
}

/** @throws {StartError} unless the value is a whole number from 1 to `most` */
export function wholeNumber(option: string, value: string, most: number): number {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > most)
    throw new StartError(`${option} must be a whole number from 1 to ${most}, not '${value}'`);
  return number;
}

/**
 * Runs a command: prints its help when asked to, and an error on stderr.
 * @param work may return an exit code other than 0
 * @returns the exit code
 */
export async function runCommand(
  help: string,
  args: readonly string[],
  work: () => Promise<number | undefined>,
): Promise<number> {
  if (wantsHelp(args)) {
    process.stdout.write(help);
    return 0;
  }
  try {
    return (await work()) ?? 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}
