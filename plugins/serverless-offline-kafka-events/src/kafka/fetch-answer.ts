import type { PolledRecord } from '../record/polled-record.ts';
import { ByteReader } from './byte-reader.ts';
import { decodeRecordBatches } from './record-batches.ts';

/** The records of one partition in one fetch response. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  /** The oldest offset left; −1 where the broker does not say. */
  readonly logStartOffset: number;
  readonly preferredReadReplica: number;
  readonly records: readonly PolledRecord[];
  /** The offset after the last batch, null without one. */
  readonly endOffset: number | null;
  /** Why the records cannot be decoded, or null. */
  readonly problem: unknown;
}

/** Decodes fetch responses of versions 4 to 11. https://kafka.apache.org/protocol#The_Messages_Fetch */
export function decodeFetchAnswer(bytes: Buffer, version: number): FetchedPartition[] {
  const reader = new ByteReader(bytes);
  reader.skip(4); // throttle time
  if (version >= 7) reader.skip(6); // error code and session, which are for incremental fetches
  return reader
    .array(() => {
      const topic = reader.string();
      return reader.array(() => readPartition(reader, topic, version));
    })
    .flat();
}

function readPartition(reader: ByteReader, topic: string, version: number): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = Number(reader.int64());
  reader.skip(8); // last stable offset
  const logStartOffset = version >= 5 ? Number(reader.int64()) : -1;
  const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: Number(reader.int64()) }));
  const preferredReadReplica = version >= 11 ? reader.int32() : -1;
  const bytes = reader.bytes();
  const found = { topic, partition, errorCode, highWatermark, logStartOffset, preferredReadReplica };
  try {
    return { ...found, ...decodeRecordBatches(topic, partition, bytes, aborted), problem: null };
  } catch (error) {
    return { ...found, records: [], endOffset: null, problem: error };
  }
}
