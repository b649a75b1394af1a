/** One record of a batch; without a key or value they are null. */
export interface WrittenRecord {
  readonly key?: string;
  readonly value?: string;
  readonly headers?: readonly (readonly [string, string | null])[];
  readonly timestamp?: number;
  readonly offsetDelta?: number;
}

export interface WrittenBatch {
  readonly baseOffset?: number;
  readonly records?: readonly WrittenRecord[];
  readonly lastOffsetDelta?: number;
  readonly codec?: number;
  readonly compress?: (data: Buffer) => Uint8Array;
  readonly isTransactional?: boolean;
  readonly isAppendTime?: boolean;
  readonly producerId?: number;
  readonly maxTimestamp?: number;
  readonly magic?: number;
}

/** The bytes of a record batch. https://kafka.apache.org/documentation/#recordbatch */
export function aBatch({ records = [], codec = 0, compress = (data) => data, ...parts }: WrittenBatch): Buffer {
  const data = compress(Buffer.concat(records.map((record, index) => encodeRecord(record, index))));
  const isControl = 'marker' in parts;
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(parts.baseOffset ?? 0), 0);
  header.writeInt32BE(61 - 12 + data.length, 8);
  header.writeInt8(parts.magic ?? 2, 16);
  const flags = (parts.isAppendTime ? 0x08 : 0) | (parts.isTransactional ? 0x10 : 0) | (isControl ? 0x20 : 0);
  header.writeInt16BE(codec | flags, 21);
  header.writeInt32BE(parts.lastOffsetDelta ?? Math.max(0, records.length - 1), 23);
  header.writeBigInt64BE(0n, 27);
  header.writeBigInt64BE(BigInt(parts.maxTimestamp ?? 0), 35);
  header.writeBigInt64BE(BigInt(parts.producerId ?? -1), 43);
  header.writeInt32BE(records.length, 57);
  return Buffer.concat([header, data]);
}

/** The end of a transaction. */
export function aMarker(kind: 'abort' | 'commit', baseOffset: number, producerId: number): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]).toString('latin1');
  const marker = { baseOffset, producerId, isTransactional: true, marker: true, records: [{ key, value: '' }] };
  return aBatch(marker);
}

function encodeRecord({ key, value, headers = [], timestamp = 0, offsetDelta }: WrittenRecord, index: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    varNumber(timestamp),
    varNumber(offsetDelta ?? index),
    varBytes(key),
    varBytes(value),
    varNumber(headers.length),
    ...headers.flatMap(([name, text]) => [varBytes(name), varBytes(text ?? undefined)]),
  ]);
  return Buffer.concat([varNumber(body.length), body]);
}

function varBytes(text: string | undefined): Buffer {
  if (text === undefined) return varNumber(-1);
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([varNumber(bytes.length), bytes]);
}

function varNumber(number: number): Buffer {
  let rest = BigInt(number) < 0n ? -BigInt(number) * 2n - 1n : BigInt(number) * 2n;
  const bytes: number[] = [];
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
