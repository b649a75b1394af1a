import { stopSignal } from './lifecycle.ts';

/** Asked before each piece of work of a round. */
export type MayGoOn = () => boolean;

/** Whether more than `reserveMs` is left and nobody asked the function to end. */
export function hasTime(remainingMs: () => number, reserveMs: number): MayGoOn {
  return () => remainingMs() > reserveMs && !stopSignal.aborted;
}

/** Work that one run does in its first round, and again only after it failed. */
export function onceDone(work: (mayGoOn: MayGoOn) => Promise<void>): (mayGoOn: MayGoOn) => Promise<void> {
  let isDone = false;
  return async (mayGoOn) => {
    if (isDone) return;
    await work(mayGoOn);
    isDone = true;
  };
}
