import type { DeadLetter } from './dead-letter-producer.ts';

/** Runs of messages, in order, of so many bytes at most; one that is larger alone is a run of its own. */
export function splitIntoChunks(messages: readonly DeadLetter[], maximumBytes: number): DeadLetter[][] {
  const chunks: DeadLetter[][] = [];
  let current: DeadLetter[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = bytesOf(message);
    if (current.length > 0 && bytes + size > maximumBytes) {
      chunks.push(current);
      current = [];
      bytes = 0;
    }
    current.push(message);
    bytes += size;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}

/** Of its key and value; the rest of a record takes a few bytes more. */
export function bytesOf({ key, value }: DeadLetter): number {
  return Buffer.byteLength(value) + (key?.length ?? 0);
}
