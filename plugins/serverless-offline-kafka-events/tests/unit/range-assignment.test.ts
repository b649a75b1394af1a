import { expect, test } from 'vitest';
import { assignRanges } from '../../src/kafka/range-assigner.ts';

const PARTITIONS: Record<string, number[]> = { a: [2, 0, 1], b: [0, 1, 2, 3], none: [] };
function assign(...members: [string, string[]][]) {
  return Object.fromEntries(
    assignRanges(
      members.map(([memberId, topics]) => ({ memberId, topics })),
      (topic) => PARTITIONS[topic] ?? [],
    ),
  );
}

test.each([
  { members: [['m', ['a']]], expected: { m: { a: [0, 1, 2] } } },
  {
    members: [
      ['n', ['a']],
      ['m', ['a']],
    ],
    expected: { m: { a: [0, 1] }, n: { a: [2] } },
  },
  {
    members: [
      ['m', ['a', 'b']],
      ['n', ['b']],
    ],
    expected: { m: { a: [0, 1, 2], b: [0, 1] }, n: { b: [2, 3] } },
  },
  {
    members: [
      ['k', ['a']],
      ['l', ['a']],
      ['m', ['a']],
      ['n', ['a']],
    ],
    expected: { k: { a: [0] }, l: { a: [1] }, m: { a: [2] }, n: {} },
  },
  { members: [['m', ['none', 'unknown']]], expected: { m: {} } },
] as { members: [string, string[]][]; expected: unknown }[])(
  'as Java’s RangeAssignor: $expected',
  ({ members, expected }) => {
    expect(assign(...members)).toEqual(expected);
  },
);
