import { FilterPatternError } from './filter-error.ts';
import { WrittenNumber } from './json-numbers.ts';

const COMPARE: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]`, `[">", 0]` or `[">", 0, "<=", 5]`: numbers compared as numbers. */
export function compileNumericRange(operand: unknown, path: string): (value: unknown) => boolean {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new FilterPatternError(`${path}: numeric takes [operator, number] or two of them`);
  }
  const checks: ((value: number) => boolean)[] = [];
  for (let i = 0; i < operand.length; i += 2) {
    const operator: unknown = operand[i];
    const bound: unknown = operand[i + 1];
    const compare = typeof operator === 'string' ? COMPARE[operator] : undefined;
    if (compare === undefined || typeof bound !== 'number') {
      throw new FilterPatternError(`${path}: numeric takes =, <, <=, >, >= and a number`);
    }
    checks.push((value) => compare(value, bound));
  }
  return (value) => value instanceof WrittenNumber && checks.every((check) => check(Number(value.text)));
}
