import { describe, expect, test } from 'vitest';
import { FilterPatternError } from '../../src/filter/leaf-rule.ts';
import { compileRecordFilter } from '../../src/filter/record-filter.ts';

function passes(pattern: unknown, value: string) {
  return compileRecordFilter([{ value: pattern }])(Buffer.from(value));
}

describe('a JSON pattern', () => {
  test.each([
    ['null', { a: [null] }, '{"a":null}', '{"a":0}'],
    ['the empty string', { a: [''] }, '{"a":""}', '{"a":null}'],
    ['equals', { a: ['x'] }, '{"a":"x"}', '{"a":"X"}'],
    ['a boolean', { a: [true] }, '{"a":true}', '{"a":"true"}'],
    ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'aLice' }] }, '{"a":"ALICE"}', '{"a":"bob"}'],
    ['prefix', { a: [{ prefix: 'us-' }] }, '{"a":"us-east"}', '{"a":"eu-us-"}'],
    ['suffix', { a: [{ suffix: '.png' }] }, '{"a":"x.png"}', '{"a":"x.PNG"}'],
    ['prefix ignoring case', { a: [{ prefix: { 'equals-ignore-case': 'US-' } }] }, '{"a":"us-east"}', '{"a":"eu"}'],
    ['anything-but', { a: [{ 'anything-but': ['x', 'y'] }] }, '{"a":"z"}', '{"a":"y"}'],
    ['anything-but one', { a: [{ 'anything-but': 'x' }] }, '{"a":"z"}', '{"a":"x"}'],
    ['anything-but a number', { a: [{ 'anything-but': [300] }] }, '{"a":301}', '{"a":300}'],
    ['anything-but a prefix', { a: [{ 'anything-but': { prefix: 'us' } }] }, '{"a":"eu"}', '{"a":"us-1"}'],
    ['anything-but of an absent field', { a: [{ 'anything-but': 'x' }] }, '{"a":1}', '{"b":1}'],
    ['numeric =', { a: [{ numeric: ['=', 300] }] }, '{"a":3.0e2}', '{"a":"300"}'],
    ['numeric range', { a: [{ numeric: ['>', 10, '<=', 20] }] }, '{"a":20}', '{"a":10}'],
    ['an exact number', { a: [300] }, '{"a":300}', '{"a":3.0e2}'],
    ['an exact number, not a string', { a: [300] }, '{"a":300}', '{"a":"300"}'],
    ['exists', { a: [{ exists: true }] }, '{"a":null}', '{"b":1}'],
    ['exists false', { a: [{ exists: false }] }, '{"b":1}', '{"a":1}'],
    ['exists looks at leaves', { a: [{ exists: false }] }, '{"a":{"b":1}}', '{"a":[1]}'],
    ['$or', { $or: [{ a: ['x'] }, { b: ['y'] }] }, '{"a":"-","b":"y"}', '{"a":"y","b":"x"}'],
    ['fields are AND’ed', { a: ['x'], b: ['y'] }, '{"a":"x","b":"y"}', '{"a":"x"}'],
    ['rules of a field are OR’ed', { a: ['x', { prefix: 'y' }] }, '{"a":"yes"}', '{"a":"no"}'],
    ['nested fields', { a: { b: { c: [1] } } }, '{"a":{"b":{"c":1}}}', '{"a":{"b":1,"c":1}}'],
    ['an array in the record', { a: ['x'] }, '{"a":["w","x"]}', '{"a":["w"]}'],
    ['an array of objects in the record', { a: { b: [1] } }, '{"a":[{"b":0},{"b":1}]}', '{"a":[{"b":0}]}'],
    ['digits inside a string', { a: ['say "12" \\ 3'] }, '{"a":"say \\"12\\" \\\\ 3"}', '{"a":12}'],
    ['the insides of a number', { n: { text: ['5'] } }, '{"n":{"text":"5"}}', '{"n":5}'],
    ['what is inside a number does not exist', { n: { text: [{ exists: false }] } }, '{"n":5}', '{"n":{"text":5}}'],
    ['the length of a list is no field', { a: { length: [{ exists: true }] } }, '{"a":{"length":0}}', '{"a":[]}'],
    ['an index is no field', { a: { 0: ['x'] } }, '{"a":{"0":"x"}}', '{"a":[["x"]]}'],
    [
      '$or inside of a field',
      { a: { $or: [{ b: [1] }, { c: { d: ['x'] } }] } },
      '{"a":{"c":{"d":"x"}}}',
      '{"a":{"c":1}}',
    ],
    ['$or inside of $or', { $or: [{ a: [1] }, { $or: [{ b: [2] }, { c: [3] }] }] }, '{"c":3}', '{"c":1}'],
    ['$or beside fields', { a: [1], $or: [{ b: [2] }, { c: [3] }] }, '{"a":1,"c":3}', '{"c":3}'],
    ['a field called __proto__', JSON.parse('{"__proto__":[1]}'), '{"__proto__":1}', '{}'],
  ])('%s', (_name, pattern, matching, other) => {
    expect(passes(pattern, matching)).toBe(true);
    expect(passes(pattern, other)).toBe(false);
  });

  test('passes a value that is not JSON or not UTF-8', () => {
    const filter = compileRecordFilter([{ value: { a: ['x'] } }]);
    expect(filter(Buffer.from('plain text'))).toBe(true);
    expect(filter(Buffer.from([0xff, 0xfe]))).toBe(true);
    expect(filter(Buffer.alloc(0))).toBe(true);
    expect(filter(null)).toBe(true);
  });
});

test('rules for a plain string look at the whole value', () => {
  expect(passes(['hello', { prefix: 'good' }], 'hello')).toBe(true);
  expect(passes(['hello', { prefix: 'good' }], 'good bye')).toBe(true);
  expect(passes(['hello'], 'hello world')).toBe(false);
});

test('patterns are OR’ed', () => {
  const filter = compileRecordFilter([{ value: { a: [1] } }, { value: { b: [2] } }]);
  expect([1, 2, 3].map((n) => filter(Buffer.from(`{"a":${n},"b":${n}}`)))).toEqual([true, true, false]);
});

test.each([
  ['no pattern', []],
  ['eleven patterns', Array.from({ length: 11 }, () => ({ value: { a: [1] } }))],
  ['a pattern without value', [{ key: ['x'] }]],
  ['a pattern by something else besides', [{ value: { a: [1] }, key: ['x'] }]],
  ['a wildcard', [{ value: { a: [{ wildcard: 'x*' }] } }]],
  ['cidr', [{ value: { a: [{ cidr: '10.0.0.0/8' }] } }]],
  ['two operators in one rule', [{ value: { a: [{ prefix: 'x', suffix: 'y' }] } }]],
  ['a scalar for a field', [{ value: { a: 'x' } }]],
  ['an empty array', [{ value: { a: [] } }]],
  ['an empty pattern', [{ value: {} }]],
  ['a malformed range', [{ value: { a: [{ numeric: ['>', 'x'] }] } }]],
  ['a malformed exists', [{ value: { a: [{ exists: 'yes' }] } }]],
  ['a scalar pattern', [{ value: 'x' }]],
  ['a null pattern', [null]],
])('%s is refused', (_name, patterns) => {
  expect(() => compileRecordFilter(patterns)).toThrow(FilterPatternError);
});
