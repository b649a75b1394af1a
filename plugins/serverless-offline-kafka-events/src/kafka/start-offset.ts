import type { Mapping } from '../config/mapping.ts';

export interface StartOffsetInput {
  readonly startingPosition: Mapping['startingPosition'];
  /** The partition did not exist when the mapping first started: all it holds is newer than the mapping. */
  readonly isNewerThanMapping: boolean;
  readonly earliest: number;
  readonly latest: number;
  /** First offset at or after the starting timestamp, where there is one. */
  readonly atTimestamp: number | null;
}

/** Where a partition without a committed offset starts. https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html */
export function startOffset(input: StartOffsetInput): number {
  if (input.startingPosition === 'TRIM_HORIZON') return input.earliest;
  if (input.startingPosition === 'LATEST' && input.isNewerThanMapping) return input.earliest;
  return input.atTimestamp ?? (input.isNewerThanMapping ? input.earliest : input.latest);
}

/** Where the group stands in one partition; `committed` is −1 when it never committed. */
export interface PartitionPosition {
  readonly committed: number;
  readonly start: number;
  readonly earliest: number;
  readonly latest: number;
}

/** What kafkajs commits where the records at a group's position are gone: it means the oldest one left. */
const KAFKAJS_EARLIEST = -2;

/** A committed offset beyond the end is kept: a broker that has just restarted tells an end that is too low. */
export function readCommitted(position: PartitionPosition): PartitionPosition {
  const { committed, earliest } = position;
  if (committed === KAFKAJS_EARLIEST) return { ...position, committed: -1, start: earliest };
  return committed < 0 ? { ...position, committed: -1 } : position;
}
