import { StartError } from './start-error.ts';

export interface KnownFlags {
  bare: readonly string[];
  withValue: readonly string[];
  /** those of them that may be given more than once */
  repeatable?: readonly string[];
}

/**
 * @returns the values of each flag that was given
 * @throws {StartError} one line that names the flag
 */
export function readFlags(
  args: readonly string[],
  { bare, withValue, repeatable = [] }: KnownFlags,
): Map<string, string[]> {
  const flags: Map<string, string[]> = new Map();
  for (let index = 0; index < args.length; index += 1) {
    const flag = args[index] ?? '';
    if (!bare.includes(flag) && !withValue.includes(flag))
      throw new StartError(`'${flag}' is not understood; --help tells what is`);
    if (bare.includes(flag)) {
      flags.set(flag, []);
      continue;
    }
    index += 1;
    const value = args[index];
    if (value === undefined || value.startsWith('--')) throw new StartError(`${flag} needs a value`);
    if (flags.has(flag) && !repeatable.includes(flag)) throw new StartError(`${flag} is given twice`);
    flags.set(flag, [...(flags.get(flag) ?? []), value]);
  }
  return flags;
}

/** @throws {StartError} unless it is a whole number from 1 to `most` */
export function wholeNumber(flag: string, value: string, most: number) {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : 0;
  if (number < 1 || number > most)
    throw new StartError(`${flag} must be a whole number from 1 to ${most}, not '${value}'`);
  return number;
}
