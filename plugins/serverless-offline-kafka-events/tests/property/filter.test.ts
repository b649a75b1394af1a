import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FilterPatternError, parseKeepingNumbers, WrittenNumber } from '../../src/filter/leaf-rule.ts';
import { compileRecordFilter } from '../../src/filter/record-filter.ts';

test('numbers are kept as they are written, and nothing else changes', () => {
  const unwrap = (value: unknown): unknown => {
    if (value instanceof WrittenNumber) return JSON.parse(value.text);
    if (Array.isArray(value)) return value.map(unwrap);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
    }
    return value;
  };
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(unwrap(parseKeepingNumbers(text))).toEqual(JSON.parse(text));
    }),
  );
});

test('any pattern is compiled or refused, and then any value gets an answer', () => {
  fc.assert(
    fc.property(fc.anything(), fc.oneof(fc.json(), fc.string()), (pattern, value) => {
      let filter: ReturnType<typeof compileRecordFilter>;
      try {
        filter = compileRecordFilter([{ value: pattern }]);
      } catch (error) {
        expect(error).toBeInstanceOf(FilterPatternError);
        return;
      }
      expect(typeof filter(Buffer.from(value))).toBe('boolean');
    }),
    { numRuns: 500 },
  );
});

test('a pattern made of the record’s own fields matches it', () => {
  const scalar = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.integer());
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), scalar, { minKeys: 1 }), (fields) => {
      const pattern = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]]));
      expect(compileRecordFilter([{ value: pattern }])(Buffer.from(JSON.stringify(fields)))).toBe(true);
    }),
  );
});
