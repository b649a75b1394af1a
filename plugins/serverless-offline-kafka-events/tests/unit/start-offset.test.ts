import { expect, test } from 'vitest';
import {
  firstPartitionsMetadata,
  readCommitted,
  readFirstPartitions,
  startOffset,
} from '../../src/kafka/start-positions.ts';

const partition = { earliest: 3, latest: 90, atTimestamp: null, isNewerThanMapping: false };

test.each([
  ['TRIM_HORIZON', {}, 3],
  ['TRIM_HORIZON', { atTimestamp: 50 }, 3],
  ['LATEST', {}, 90],
  ['LATEST', { isNewerThanMapping: true }, 3],
  ['LATEST', { atTimestamp: 60 }, 60],
  ['LATEST', { atTimestamp: 60, isNewerThanMapping: true }, 3],
  ['AT_TIMESTAMP', { atTimestamp: 50 }, 50],
] as const)('%s %j starts at %i', (startingPosition, parts, expected) => {
  expect(startOffset({ startingPosition, ...partition, ...parts })).toBe(expected);
});

test.each([
  ['none', -1, { committed: -1, start: 50 }],
  ['what kafkajs commits to start over', -2, { committed: -1, start: 3 }],
  ['one in the log', 7, { committed: 7 }],
  ['one whose records are gone', 2, { committed: 2 }],
  ['one beyond the end, as after a restart of the broker', 95, { committed: 95 }],
])('a committed offset: %s', (_name, committed, expected) => {
  expect(readCommitted({ committed, start: 50, earliest: 3, latest: 90 })).toMatchObject(expected);
});

test('the commit metadata carries the first number of partitions', () => {
  expect(readFirstPartitions([null, '', 'by somebody else', firstPartitionsMetadata(12)])).toBe(12);
  expect(readFirstPartitions([firstPartitionsMetadata(0)])).toBe(0);
  expect(readFirstPartitions([null, 'by somebody else'])).toBeNull();
});
