import { isObject } from '../support/value.ts';
import { compileLeafRule, FilterPatternError, type LeafRule, WrittenNumber } from './leaf-rule.ts';

/** Whether a parsed value, with numbers as WrittenNumber, matches. */
export type Matcher = (value: unknown) => boolean;

/** All fields must match; of one field's rules, and of `$or`, one. */
export function compileJsonPattern(pattern: object, path: string): Matcher {
  const entries: [string, unknown][] = Object.entries(pattern);
  if (entries.length === 0) throw new FilterPatternError(`${path}: an empty pattern matches nothing`);
  const fields = entries.map(([name, sub]): Matcher => {
    const fieldPath = `${path}.${name}`;
    if (name === '$or') return compileOr(sub, fieldPath);
    if (Array.isArray(sub)) {
      const matches = compileLeafRules(sub, fieldPath);
      return (value) => matches(fieldOf(value, name));
    }
    if (typeof sub !== 'object' || sub === null)
      throw new FilterPatternError(`${fieldPath}: must be an array or an object`);
    const matches = compileJsonPattern(sub, fieldPath);
    return (value) => anyElement(fieldOf(value, name), matches);
  });
  return (value) => fields.every((matches) => matches(value));
}

/** Compiles the rules of one field. An array in the record matches when one of its elements does. */
export function compileLeafRules(rules: readonly unknown[], path: string): Matcher {
  if (rules.length === 0) throw new FilterPatternError(`${path}: an empty array matches nothing`);
  const compiled: LeafRule[] = rules.map((rule) => compileLeafRule(rule, path));
  return (value) => {
    if (Array.isArray(value) && value.length > 0)
      return value.some((item: unknown) => compiled.some((rule) => rule(leaf(item))));
    return compiled.some((rule) => rule(leaf(value)));
  };
}

function compileOr(alternatives: unknown, path: string): Matcher {
  if (!Array.isArray(alternatives) || alternatives.length === 0)
    throw new FilterPatternError(`${path}: takes an array of patterns`);
  const matchers = alternatives.map((one: unknown, index) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one))
      throw new FilterPatternError(`${path}[${index}]: must be a pattern`);
    return compileJsonPattern(one, `${path}[${index}]`);
  });
  return (value) => matchers.some((matches) => matches(value));
}

/** Rules see leaves only: an object counts as an absent field. */
function leaf(value: unknown): unknown {
  const isLeaf = typeof value !== 'object' || value === null || value instanceof WrittenNumber;
  return isLeaf ? value : undefined;
}

/** Returns own fields of objects only, not properties of WrittenNumber or of arrays. */
function fieldOf(value: unknown, name: string): unknown {
  if (!isObject(value) || value instanceof WrittenNumber || !Object.hasOwn(value, name)) return undefined;
  return value[name];
}

function anyElement(value: unknown, matches: Matcher): boolean {
  return Array.isArray(value) && value.length > 0 ? value.some((item) => matches(item)) : matches(value);
}
