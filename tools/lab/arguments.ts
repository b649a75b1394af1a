import { readOptions } from '#tools/local/cli/options.ts';
import { StartError } from '#tools/local/cli/start-error.ts';

/** By option name, without dashes: a `switch` has no value, `values` may be given more than once. */
export type KnownOptions = Readonly<Record<string, 'switch' | 'value' | 'values'>>;

/** @throws {StartError} one line that names the option */
export function readArguments(args: readonly string[], known: KnownOptions) {
  const options = Object.entries(known).map(
    ([name, kind]) => [name, { type: kind === 'switch' ? 'boolean' : 'string', multiple: true }] as const,
  );
  const given = readOptions([...args], Object.fromEntries(options)).values;
  const values = (name: string) => (given[name] ?? []).filter((value) => typeof value === 'string');
  for (const [name, kind] of Object.entries(known))
    if (kind === 'value' && values(name).length > 1) throw new StartError(`Option '--${name}' is given twice`);
  return { has: (name: string) => given[name] !== undefined, value: (name: string) => values(name)[0], values };
}

/**
 * Reads a comma-separated list of known names.
 * @throws {StartError} with all known names
 */
export function namesIn<T extends string>(option: string, value: string, known: readonly T[]): T[] {
  return value.split(',').map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined) throw new StartError(`Unknown name '${name}' in --${option}; known: ${known.join(', ')}`);
    return found;
  });
}
