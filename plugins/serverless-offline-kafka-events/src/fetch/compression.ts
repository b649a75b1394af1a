import zlib from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import lz4 from 'lz4js';
import snappy from 'snappyjs';

/** How a record batch is compressed, by the lowest three bits of its attributes. */
const CODECS: readonly ((data: Buffer) => Uint8Array)[] = [
  (data) => data,
  (data) => zlib.gunzipSync(data),
  uncompressSnappy,
  (data) => lz4.decompress(data),
  uncompressZstd,
];

/** @throws UnknownCodecError, or what the codec reports about broken data */
export function uncompress(codec: number, data: Buffer): Buffer {
  const decode = CODECS[codec];
  if (decode === undefined) throw new UnknownCodecError(codec);
  const result = decode(data);
  return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
}

/** A compression that this version does not know. */
class UnknownCodecError extends Error {
  override readonly name = 'UnknownCodecError';

  constructor(codec: number) {
    super(`compression codec ${codec} is unknown; known are gzip (1), snappy (2), lz4 (3) and zstd (4)`);
  }
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, version and lowest compatible version. */
const XERIAL_HEADER_BYTES = 16;

/** Java clients write xerial's frames: a header, then blocks with their length. Other clients write one bare block. */
function uncompressSnappy(data: Buffer): Uint8Array {
  if (!data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return snappy.uncompress(data);
  const blocks: Uint8Array[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < data.length; ) {
    const length = data.readInt32BE(at);
    at += 4;
    blocks.push(snappy.uncompress(data.subarray(at, at + length)));
    at += length;
  }
  return Buffer.concat(blocks);
}

/** Node has zstd since 22.15 and 23.8. */
function uncompressZstd(data: Buffer): Uint8Array {
  return 'zstdDecompressSync' in zlib && typeof zlib.zstdDecompressSync === 'function'
    ? zlib.zstdDecompressSync(data)
    : decompressZstd(data);
}
