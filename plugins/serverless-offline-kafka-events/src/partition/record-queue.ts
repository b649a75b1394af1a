import type { QueuedRecord } from './queued-record.ts';

/** First in, first out, without moving the rest at each take. */
export class RecordQueue {
  #items: QueuedRecord[] = [];
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
    const taken = this.#items.slice(this.#head, this.#head + count);
    this.#head += taken.length;
    for (const item of taken) this.#bytes -= item.jsonBytes;
    if (this.#head > 4096 && this.#head * 2 > this.#items.length) {
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
