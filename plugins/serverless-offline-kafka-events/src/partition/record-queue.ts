import type { PolledRecord } from '../record/polled-record.ts';
import type { DiscardCondition } from './units-and-limits.ts';

/** A record that waits for its batch. */
export interface QueuedRecord {
  readonly record: PolledRecord;
  /** Bytes of its JSON in the event. */
  readonly jsonBytes: number;
  readonly arrivedAtMs: number;
  /** Set when it can never reach the function. */
  readonly discard?: DiscardCondition;
}

/** A FIFO queue that moves no items on `take` and releases taken records at once. */
export class RecordQueue {
  #items: (QueuedRecord | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** JSON bytes of everything queued. */
  get bytes(): number {
    return this.#bytes;
  }

  push(item: QueuedRecord): void {
    this.#items.push(item);
    this.#bytes += item.jsonBytes;
  }

  at(index: number): QueuedRecord | undefined {
    return this.#items[this.#head + index];
  }

  take(count: number): QueuedRecord[] {
    const taken: QueuedRecord[] = [];
    for (; taken.length < count; this.#head += 1) {
      const item = this.#items[this.#head];
      if (item === undefined) break;
      // Release the record for garbage collection.
      this.#items[this.#head] = undefined;
      this.#bytes -= item.jsonBytes;
      taken.push(item);
    }
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head > 4096 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}
