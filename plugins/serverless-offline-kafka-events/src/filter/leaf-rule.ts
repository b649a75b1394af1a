import { randomBytes } from 'node:crypto';

/** A filter pattern that AWS rejects. */
export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
}

/** Whether one scalar of a record satisfies one rule; undefined means that the field is absent. */
export type LeafRule = (value: unknown) => boolean;

/** One element of a pattern's array. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
export function compileLeafRule(rule: unknown, path: string): LeafRule {
  if (rule === null || typeof rule === 'string' || typeof rule === 'boolean') return (value) => value === rule;
  if (typeof rule === 'number') return (value) => value instanceof WrittenNumber && value.text === String(rule);
  if (typeof rule !== 'object' || Array.isArray(rule)) throw new FilterPatternError(`${path}: not a rule`);
  const [entry, ...others] = Object.entries(rule);
  if (entry === undefined || others.length > 0)
    throw new FilterPatternError(`${path}: a rule has exactly one operator`);
  const [operator, operand] = entry as [string, unknown];
  switch (operator) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return compileStringRule(operator, operand, path);
    case 'anything-but':
      return compileAnythingBut(operand, path);
    case 'numeric':
      return compileNumericRange(operand, path);
    case 'exists':
      if (typeof operand !== 'boolean') throw new FilterPatternError(`${path}: exists takes true or false`);
      return (value) => (value !== undefined) === operand;
    default:
      throw new FilterPatternError(`${path}: the operator "${operator}" does not exist for event source mappings`);
  }
}

function compileStringRule(operator: string, operand: unknown, path: string): LeafRule {
  if (operator !== 'equals-ignore-case' && isIgnoringCase(operand)) {
    const inner = operand['equals-ignore-case'].toLowerCase();
    return (value) =>
      typeof value === 'string' &&
      (operator === 'prefix' ? value.toLowerCase().startsWith(inner) : value.toLowerCase().endsWith(inner));
  }
  if (typeof operand !== 'string') throw new FilterPatternError(`${path}: ${operator} takes a string`);
  if (operator === 'prefix') return (value) => typeof value === 'string' && value.startsWith(operand);
  if (operator === 'suffix') return (value) => typeof value === 'string' && value.endsWith(operand);
  const lower = operand.toLowerCase();
  return (value) => typeof value === 'string' && value.toLowerCase() === lower;
}

function isIgnoringCase(operand: unknown): operand is { 'equals-ignore-case': string } {
  return (
    typeof operand === 'object' &&
    operand !== null &&
    Object.keys(operand).length === 1 &&
    'equals-ignore-case' in operand &&
    typeof operand['equals-ignore-case'] === 'string'
  );
}

function compileAnythingBut(operand: unknown, path: string): LeafRule {
  const excluded = Array.isArray(operand) ? operand : [operand];
  if (excluded.length === 0) throw new FilterPatternError(`${path}: anything-but takes at least one value`);
  const rules = excluded.flatMap((item: unknown) => {
    if (typeof item === 'string' || typeof item === 'number') return [compileLeafRule(item, path)];
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) return compileNegated(item, path);
    throw new FilterPatternError(`${path}: anything-but takes strings, numbers, or prefix, suffix, equals-ignore-case`);
  });
  return (value) => value !== undefined && !rules.some((matches) => matches(value));
}

function compileNegated(item: object, path: string): LeafRule[] {
  return Object.entries(item).flatMap(([operator, operand]: [string, unknown]) => {
    if (operator !== 'prefix' && operator !== 'suffix' && operator !== 'equals-ignore-case') {
      throw new FilterPatternError(`${path}: anything-but cannot take "${operator}"`);
    }
    const operands: unknown[] = Array.isArray(operand) ? operand : [operand];
    return operands.map((one) => compileStringRule(operator, one, path));
  });
}

const COMPARE: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]`, `[">", 0]` or `[">", 0, "<=", 5]`: compares numerically. */
function compileNumericRange(operand: unknown, path: string): (value: unknown) => boolean {
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

// JSON.parse turns 3.0e2 into 300, but AWS compares an exact number as written. So numbers are parsed as strings with a
// random prefix.
const MARK = `\u0000${randomBytes(12).toString('hex')}:`;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A number as written in the record. */
export class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON.parse that keeps numbers as written. @throws SyntaxError */
export function parseKeepingNumbers(text: string): unknown {
  JSON.parse(text);
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') ? token : JSON.stringify(MARK + token),
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? new WrittenNumber(value.slice(MARK.length)) : value,
  );
}
