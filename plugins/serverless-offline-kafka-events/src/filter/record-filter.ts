import { isUtf8 } from 'node:buffer';
import { compileJsonPattern, compileLeafRules, type Matcher } from './json-pattern.ts';
import { FilterPatternError, parseKeepingNumbers } from './leaf-rule.ts';

/** Whether a record reaches the function. */
export type RecordFilter = (value: Buffer | null) => boolean;

const MAXIMUM_FILTERS = 10;

/**
 * A record matches when one pattern does. Each pattern has the one key `value`: a JSON pattern (object) or rules for a
 * plain string (array). A value that is not JSON, or not UTF-8, passes a JSON pattern.
 * @throws FilterPatternError
 */
export function compileRecordFilter(patterns: readonly unknown[]): RecordFilter {
  if (patterns.length === 0 || patterns.length > MAXIMUM_FILTERS) {
    throw new FilterPatternError(`there must be 1 to ${MAXIMUM_FILTERS} patterns, not ${patterns.length}`);
  }
  const text: Matcher[] = [];
  const json: Matcher[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const value = patternValue(pattern, index);
    const path = `pattern ${index + 1}: value`;
    if (Array.isArray(value)) text.push(compileLeafRules(value, path));
    else if (typeof value === 'object' && value !== null) json.push(compileJsonPattern(value, path));
    else throw new FilterPatternError(`${path}: must be an object or an array`);
  }
  return (value) => matchesAny(value, text, json);
}

function patternValue(pattern: unknown, index: number): unknown {
  if (typeof pattern !== 'object' || pattern === null || !('value' in pattern)) {
    throw new FilterPatternError(
      `pattern ${index + 1}: has no "value", the only part of a Kafka record that can be filtered by`,
    );
  }
  const other = Object.keys(pattern).find((key) => key !== 'value');
  if (other !== undefined)
    throw new FilterPatternError(
      `pattern ${index + 1}: Kafka records cannot be filtered by "${other}", only by "value"`,
    );
  return pattern.value;
}

function matchesAny(value: Buffer | null, text: readonly Matcher[], json: readonly Matcher[]): boolean {
  if (value !== null && !isUtf8(value)) return true;
  const written = value?.toString('utf8');
  if (text.some((matches) => matches(written))) return true;
  if (json.length === 0) return false;
  let parsed: unknown;
  try {
    parsed = parseKeepingNumbers(written ?? '');
  } catch {
    return true;
  }
  return json.some((matches) => (Array.isArray(parsed) ? parsed.some((item) => matches(item)) : matches(parsed)));
}
