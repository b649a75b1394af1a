import type { Consumer, EachBatchPayload } from 'kafkajs';

export type CommitNow = EachBatchPayload['commitOffsetsIfNecessary'];

/**
 * Commits once, never repeating it, so that no commit slips past a rebalance. `commitNow` comes with the first batch.
 * @throws when the broker did not take it
 */
export async function commitOffsets(
  consumer: Consumer,
  commitNow: CommitNow | null,
  topic: string,
  offsets: ReadonlyMap<number, number>,
  metadata: string,
): Promise<void> {
  const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset), metadata }));
  if (commitNow !== null) {
    await commitNow({ topics: [{ topic, partitions }] });
    return;
  }
  // Before the first batch there is only this way, which drops the request in silence when the consumer is not running.
  let isCommitted = false;
  const stopListening = consumer.on(consumer.events.COMMIT_OFFSETS, () => {
    isCommitted = true;
  });
  try {
    await consumer.commitOffsets(partitions.map((one) => ({ topic, ...one })));
  } finally {
    stopListening();
  }
  if (!isCommitted) throw new Error('the consumer is not running');
}
