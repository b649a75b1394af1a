import { stopSignal } from './lifecycle.ts';

/** Checked before each piece of work of a round. */
export type ShouldContinue = () => boolean;

/** True while more than `reserveMs` is left and the process has not been asked to stop. */
export function hasTime(remainingMs: () => number, reserveMs: number): ShouldContinue {
  return () => remainingMs() > reserveMs && !stopSignal.aborted;
}

/** The longest that such work may delay the next round. */
const SLICE_MS = 500;

/** Runs `work` once per run, in slices of 500 ms: one per round until it is done, and again after it failed. */
export function oncePerRun(
  work: (shouldContinue: ShouldContinue) => Promise<void>,
): (shouldContinue: ShouldContinue) => Promise<void> {
  let isDone = false;
  return async (shouldContinue) => {
    if (isDone) return;
    const end = performance.now() + SLICE_MS;
    let isCut = false;
    await work(() => {
      isCut ||= performance.now() > end;
      return !isCut && shouldContinue();
    });
    isDone = !isCut;
  };
}
