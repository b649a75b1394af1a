import { expect, test } from 'vitest';
import { startOffset } from '../../src/kafka/start-offset.ts';

const partition = { earliest: 3, latest: 90, atTimestamp: null, isNewerThanMapping: false };

test.each([
  ['TRIM_HORIZON', {}, 3],
  ['TRIM_HORIZON', { atTimestamp: 50 }, 3],
  ['LATEST', {}, 90],
  ['LATEST', { isNewerThanMapping: true }, 3],
  ['LATEST', { atTimestamp: 60 }, 60],
  ['AT_TIMESTAMP', { atTimestamp: 50 }, 50],
] as const)('%s %j starts at %i', (startingPosition, parts, expected) => {
  expect(startOffset({ startingPosition, ...partition, ...parts })).toBe(expected);
});
