const FORM = /^serverless-offline-kafka-events: (\d+) partitions at first$/;

/**
 * LATEST means the end of each partition that was there when the mapping first started, and the beginning of each that came
 * later. A restart could not tell them apart, so every commit carries, as its metadata, how many there were at first.
 */
export function firstPartitionsMetadata(count: number): string {
  return `serverless-offline-kafka-events: ${count} partitions at first`;
}

/** From the metadata of what the group has committed; null when nothing of it is ours: the mapping never ran before. */
export function readFirstPartitions(metadata: Iterable<string | null>): number | null {
  for (const text of metadata) {
    const count = FORM.exec(text ?? '')?.[1];
    if (count !== undefined) return Number(count);
  }
  return null;
}
