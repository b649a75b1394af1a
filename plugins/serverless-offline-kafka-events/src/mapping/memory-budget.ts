const QUEUE_BYTES = 64 * 1024 * 1024;
const IN_HAND_BYTES = 48 * 1024 * 1024;
const MOST_PER_PARTITION = 8 * 1024 * 1024;
const LEAST_PER_PARTITION = 256 * 1024;
const MOST_PER_FETCH = 1024 * 1024;
const LEAST_PER_FETCH = 128 * 1024;

/**
 * How much of the records all mappings of the process may hold together: polled ahead, and in the hands of functions. All
 * figures are bytes of the records' JSON.
 */
export interface MemoryBudget {
  /** How much one partition may have polled ahead: an equal share for each. */
  readonly partitionBytes: number;
  /** How much one fetch may ask for of each partition. */
  readonly fetchBytes: number;
  /** How many partitions share the budget. */
  addPartition(): void;
  removePartition(): void;
  /** True when a further invocation may begin; otherwise `onFree` is called once it is worth asking again. */
  mayBegin(onFree: () => void): boolean;
  began(bytes: number): void;
  ended(bytes: number): void;
}

export function createMemoryBudget(queueBytes = QUEUE_BYTES, inHandBytes = IN_HAND_BYTES): MemoryBudget {
  let partitions = 0;
  let inHand = 0;
  let waiting: (() => void)[] = [];
  const share = () => Math.floor(queueBytes / Math.max(1, partitions));
  return {
    get partitionBytes() {
      return clamp(share(), LEAST_PER_PARTITION, MOST_PER_PARTITION);
    },
    get fetchBytes() {
      return clamp(Math.floor(share() / 2), LEAST_PER_FETCH, MOST_PER_FETCH);
    },
    addPartition() {
      partitions += 1;
    },
    removePartition() {
      partitions -= 1;
    },
    mayBegin(onFree) {
      if (inHand < inHandBytes) return true;
      waiting.push(onFree);
      return false;
    },
    began(bytes) {
      inHand += bytes;
    },
    ended(bytes) {
      inHand -= bytes;
      const free = waiting;
      waiting = [];
      for (const onFree of free) onFree();
    },
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
