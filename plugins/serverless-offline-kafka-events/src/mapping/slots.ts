/** Lets so many in at once, in the order they asked. */
export interface Slots {
  /** True when there was room; otherwise `onFree` is called once there is. */
  tryTake(onFree: () => void): boolean;
  release(): void;
}

export function createSlots(count: number): Slots {
  let taken = 0;
  const waiting: (() => void)[] = [];
  return {
    tryTake(onFree) {
      if (taken < count) {
        taken += 1;
        return true;
      }
      waiting.push(onFree);
      return false;
    },
    release() {
      taken -= 1;
      waiting.shift()?.();
    },
  };
}
