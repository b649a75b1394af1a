/** Reads Kafka's wire types one after the other. @throws RangeError past the end */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(count: number): void {
    this.#at += count;
  }

  int16(): number {
    const value = this.#bytes.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  int32(): number {
    const value = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  int64(): bigint {
    const value = this.#bytes.readBigInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  /** Length in two bytes, then UTF-8; a null string is empty. */
  string(): string {
    const length = this.int16();
    return length < 0 ? '' : this.#take(length).toString('utf8');
  }

  /** Length in four bytes, then the bytes, not copied; null bytes are empty. */
  bytes(): Buffer {
    const length = this.int32();
    return this.#take(Math.max(0, length));
  }

  /** Count in four bytes, then the items; a null array is empty. */
  array<T>(readItem: () => T): T[] {
    const count = Math.max(0, this.int32());
    const items: T[] = [];
    for (let index = 0; index < count; index += 1) items.push(readItem());
    return items;
  }

  /** A zigzag number of at most 32 bits. */
  varInt(): number {
    const first = this.#bytes[this.#at];
    // One byte in most cases.
    if (first !== undefined && first < 0x80) {
      this.#at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    return Number(this.#varBits(32));
  }

  /** A zigzag number of at most 64 bits. */
  varLong(): number | bigint {
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 0x80) return this.varInt();
    return this.#varBits(64);
  }

  /** Length as a varint, then the bytes, not copied; null for a negative length. */
  varBytes(): Buffer | null {
    const length = this.varInt();
    return length < 0 ? null : this.#take(length);
  }

  /** The same, as bytes of their own. */
  copyVarBytes(): Buffer | null {
    const bytes = this.varBytes();
    return bytes === null ? null : ownCopy(bytes);
  }

  #varBits(bits: number): bigint {
    let value = 0n;
    for (let shift = 0; shift < bits + 7; shift += 7) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new RangeError('the data ends in the middle of a number');
      this.#at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return (value >> 1n) ^ -(value & 1n);
    }
    throw new RangeError(`a number has more than ${bits} bits`);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the data ends in the middle of a record');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** Above this size a copy gets memory of its own: from Node's pool (64 KiB since Node 24) it would keep its neighbours' alive. */
const POOLED_LIMIT_BYTES = 4096;

function ownCopy(bytes: Buffer): Buffer {
  if (bytes.length < POOLED_LIMIT_BYTES) return Buffer.from(bytes);
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
