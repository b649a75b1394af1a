import { onClose } from './lifecycle.ts';

export interface Reopenable<T> {
  /** Returns the open client; opens one at first use, and again after it was closed, given up or failed to open. */
  get(): Promise<T>;
  /** Discards a broken client, unless a newer one has replaced it. */
  giveUp(broken: T): void;
}

/**
 * A client that is opened at first use, kept, and closed with this version of the code.
 * @param name unique among the clients that are closed
 * @param close may throw; also called for a client that never worked
 */
export function reopenable<T>(
  name: string,
  open: () => Promise<T>,
  close: (client: T) => Promise<void> | void,
): Reopenable<T> {
  let current: { readonly opening: Promise<T>; client?: T } | undefined;

  const start = (): Promise<T> => {
    const opening = open();
    const mine: { readonly opening: Promise<T>; client?: T } = { opening };
    current = mine;
    const forget = (): void => {
      if (current === mine) current = undefined;
    };
    opening.then((client) => {
      mine.client = client;
    }, forget);
    onClose(name, async () => {
      forget();
      await close(await opening);
    });
    return opening;
  };

  return {
    get: () => current?.opening ?? start(),
    giveUp(broken) {
      if (current?.client !== broken) return;
      current = undefined;
      Promise.resolve(close(broken)).catch(() => undefined);
    },
  };
}
