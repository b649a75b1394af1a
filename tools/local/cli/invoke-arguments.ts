import { StartError } from './start-error.ts';

/** The functions of a parsed serverless.yml. */
export function functionNames(config: unknown): string[] {
  const functions =
    typeof config === 'object' && config !== null && 'functions' in config ? config.functions : undefined;
  return typeof functions === 'object' && functions !== null ? Object.keys(functions).sort() : [];
}

/**
 * @param names of all functions
 * @throws {StartError}
 */
export function parseArguments(args: string[], names: string[]): { name: string; event: string | undefined } {
  const [name = '', ...rest] = args;
  if (!names.includes(name))
    throw new StartError(
      `There is no function '${name}'. These exist:\n${names.map((known) => `  ${known}`).join('\n')}`,
    );
  const inline = rest.find((arg) => arg.startsWith('--event='));
  const index = rest.findIndex((arg) => arg === '--event' || arg === '-e');
  const event = inline?.slice('--event='.length) ?? (index >= 0 ? rest[index + 1] : undefined);
  if (event === undefined && rest.length > 0)
    throw new StartError(`'${rest.join(' ')}' is not understood: only --event <file> may follow the function`);
  return { name, event };
}
