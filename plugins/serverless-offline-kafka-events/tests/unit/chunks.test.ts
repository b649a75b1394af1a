import { expect, test } from 'vitest';
import { isTooLarge, splitIntoChunks } from '../../src/destination/dead-letter-producer.ts';

function letters(...sizes: number[]) {
  return sizes.map((size) => ({ key: null, value: 'x'.repeat(size) }));
}
function sizesOf(chunks: readonly (readonly { value: string }[])[]) {
  return chunks.map((chunk) => chunk.map(({ value }) => value.length));
}

test.each([
  { sizes: [], expected: [] },
  { sizes: [4, 3, 3], expected: [[4, 3, 3]] },
  {
    sizes: [4, 3, 4, 1],
    expected: [
      [4, 3],
      [4, 1],
    ],
  },
  { sizes: [1, 50, 1], expected: [[1], [50], [1]] },
])('dead letters of $sizes bytes are sent by runs of 10 bytes at most, in order', ({ sizes, expected }) => {
  expect(sizesOf(splitIntoChunks(letters(...sizes), 10))).toEqual(expected);
});

test('a chunk counts bytes, keys included', () => {
  const letter = { key: Buffer.from('123'), value: 'ä' };
  expect(splitIntoChunks([letter, letter], 9)).toEqual([[letter], [letter]]);
  expect(splitIntoChunks([letter, letter], 10)).toEqual([[letter, letter]]);
});

test('a rejection for size is recognised, however kafkajs wraps it', () => {
  const refused = Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE' });
  expect(isTooLarge(new Error('gave up', { cause: refused }))).toBe(true);
  expect(isTooLarge(Object.assign(new Error('gave up'), { originalError: refused }))).toBe(true);
  expect(isTooLarge(Object.assign(new Error('no'), { type: 'NOT_LEADER_FOR_PARTITION' }))).toBe(false);
  expect(isTooLarge('MESSAGE_TOO_LARGE')).toBe(false);
});
