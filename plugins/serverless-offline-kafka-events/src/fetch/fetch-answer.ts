import type { PolledRecord, RecordHeader, TimestampType } from '../record/record.ts';
import { messageOf } from '../support/value.ts';
import { ByteReader } from './byte-reader.ts';
import { uncompress } from './compression.ts';

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
  /** Where the next fetch begins; null to fetch the same again. */
  readonly endOffset: number | null;
  /** Why the records cannot be decoded, or null. */
  readonly problem: unknown;
}

/**
 * Decodes fetch responses of versions 4 to 11, of each partition about `maximumBytes` of JSON.
 * https://kafka.apache.org/protocol#The_Messages_Fetch
 */
export function decodeFetchAnswer(bytes: Buffer, version: number, maximumBytes: number): FetchedPartition[] {
  const reader = new ByteReader(bytes);
  reader.skip(4); // throttle time
  if (version >= 7) reader.skip(6); // error code and session, which are for incremental fetches
  return reader
    .array(() => {
      const topic = reader.string();
      return reader.array(() => readPartition(reader, topic, version, maximumBytes));
    })
    .flat();
}

function readPartition(reader: ByteReader, topic: string, version: number, maximumBytes: number): FetchedPartition {
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
    return { ...found, ...decodeRecordBatches(topic, partition, bytes, aborted, maximumBytes), problem: null };
  } catch (error) {
    return { ...found, records: [], endOffset: null, problem: error };
  }
}

const CODEC_MASK = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const MAGIC = 2;
/** Base offset and length, which the length does not count. */
const PREFIX_BYTES = 12;
/** The header of a batch. */
const HEADER_BYTES = 61;
const ABORT_MARKER = 0;

/** An aborted transaction and its first offset. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface DecodedRecords {
  readonly records: readonly PolledRecord[];
  /** Where the next fetch begins: after the last batch, be it empty, aborted or a marker. Null without a complete batch. */
  readonly endOffset: number | null;
}

/**
 * Decodes the record batches of one partition, without aborted transactions and control records. Each record owns its
 * bytes, so that it does not keep the whole fetch response in memory. Stops before a batch that cannot be read, and once the
 * records pass `maximumBytes` of JSON: compressed ones may be many times the size of the response.
 * https://kafka.apache.org/documentation/#recordbatch
 * @throws when the first batch cannot be read; the message names its offset
 */
export function decodeRecordBatches(
  topic: string,
  partition: number,
  bytes: Buffer,
  abortedTransactions: readonly AbortedTransaction[],
  maximumBytes = Number.POSITIVE_INFINITY,
): DecodedRecords {
  const records: PolledRecord[] = [];
  let jsonBytes = 0;
  const isAborted = createAbortFilter(abortedTransactions);
  let endOffset: number | null = null;
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const batch = readBatchHeader(bytes, at);
    // The last one may be cut off.
    if (at + batch.bytes > bytes.length) break;
    if (jsonBytes > maximumBytes) return { records, endOffset: batch.baseOffset };
    const decoded = records.length;
    try {
      if (batch.magic !== MAGIC) {
        throw new Error(`it is in message format ${batch.magic}; only format 2 (Kafka 0.11 and later) can be read`);
      }
      const data = bytes.subarray(at + HEADER_BYTES, at + batch.bytes);
      if (!isAborted(batch, data)) jsonBytes += readRecords({ topic, partition, batch, data }, records);
    } catch (error) {
      // Without this one the next fetch begins with it.
      if (endOffset !== null) return { records: records.slice(0, decoded), endOffset: batch.baseOffset };
      throw new Error(`the batch at offset ${batch.baseOffset} cannot be read: ${messageOf(error)}`, { cause: error });
    }
    endOffset = batch.lastOffset + 1;
    at += batch.bytes;
  }
  return { records, endOffset };
}

interface BatchHeader {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly bytes: number;
  readonly magic: number;
  readonly attributes: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly count: number;
}

function readBatchHeader(bytes: Buffer, at: number): BatchHeader {
  const baseOffset = Number(bytes.readBigInt64BE(at));
  return {
    baseOffset,
    bytes: PREFIX_BYTES + bytes.readInt32BE(at + 8),
    magic: bytes.readInt8(at + 16),
    attributes: bytes.readInt16BE(at + 21),
    lastOffset: baseOffset + bytes.readInt32BE(at + 23),
    firstTimestamp: bytes.readBigInt64BE(at + 27),
    maxTimestamp: bytes.readBigInt64BE(at + 35),
    producerId: bytes.readBigInt64BE(at + 43),
    count: bytes.readInt32BE(at + 57),
  };
}

/** Returns a function that tells, batch by batch, whether to skip it: as a marker, or as part of an aborted transaction. */
function createAbortFilter(aborted: readonly AbortedTransaction[]): (batch: BatchHeader, data: Buffer) => boolean {
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  return ({ attributes, lastOffset, producerId, count }, data) => {
    for (let next = waiting[0]; next !== undefined && next.firstOffset <= lastOffset; next = waiting[0]) {
      open.add(next.producerId);
      waiting.shift();
    }
    if ((attributes & CONTROL) !== 0) {
      if (count > 0 && isAbortMarker(data)) open.delete(producerId);
      return true;
    }
    return (attributes & TRANSACTIONAL) !== 0 && open.has(producerId);
  };
}

/** The key of a control record holds its version and its type. */
function isAbortMarker(data: Buffer): boolean {
  const reader = new ByteReader(data);
  skipRecordStart(reader);
  const key = reader.varBytes();
  return key !== null && key.length >= 4 && key.readInt16BE(2) === ABORT_MARKER;
}

function skipRecordStart(reader: ByteReader): void {
  reader.varInt();
  reader.skip(1);
  reader.varLong();
  reader.varInt();
}

interface BatchData {
  readonly topic: string;
  readonly partition: number;
  readonly batch: BatchHeader;
  readonly data: Buffer;
}

/** Returns about how many bytes of JSON the records are: keys and values are in base64. */
function readRecords({ topic, partition, batch, data }: BatchData, into: PolledRecord[]): number {
  const { attributes, baseOffset, firstTimestamp } = batch;
  const uncompressed = uncompress(attributes & CODEC_MASK, data);
  const reader = new ByteReader(uncompressed);
  const isAppendTime = (attributes & LOG_APPEND_TIME) !== 0;
  const timestampType: TimestampType = isAppendTime ? 'LOG_APPEND_TIME' : 'CREATE_TIME';
  for (let index = 0; index < batch.count; index += 1) {
    reader.varInt();
    reader.skip(1);
    const timestampDelta = reader.varLong();
    into.push({
      topic,
      partition,
      offset: baseOffset + reader.varInt(),
      timestamp: isAppendTime ? Number(batch.maxTimestamp) : Number(firstTimestamp + BigInt(timestampDelta)),
      timestampType,
      key: reader.copyVarBytes(),
      value: reader.copyVarBytes(),
      headers: readHeaders(reader),
    });
  }
  return (uncompressed.length * 4) / 3;
}

const NO_HEADERS: readonly RecordHeader[] = [];

/** In the order in which they were written, repeated names included. */
function readHeaders(reader: ByteReader): readonly RecordHeader[] {
  const count = reader.varInt();
  if (count === 0) return NO_HEADERS;
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index += 1) {
    headers.push([reader.varBytes()?.toString('utf8') ?? '', reader.copyVarBytes()]);
  }
  return headers;
}
