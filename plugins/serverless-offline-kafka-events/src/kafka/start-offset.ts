import type { Mapping } from '../config/mapping.ts';

export interface StartOffsetInput {
  readonly startingPosition: Mapping['startingPosition'];
  /** The partition did not exist when the mapping began to watch the topic: all it holds is newer than the mapping. */
  readonly isNewerThanMapping: boolean;
  readonly earliest: number;
  readonly latest: number;
  /** First offset at or after the starting timestamp, where there is one. */
  readonly atTimestamp: number | null;
}

/** Where a partition without a committed offset starts. https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html */
export function startOffset(input: StartOffsetInput): number {
  if (input.startingPosition === 'TRIM_HORIZON') return input.earliest;
  if (input.atTimestamp !== null) return input.atTimestamp;
  return input.isNewerThanMapping ? input.earliest : input.latest;
}
