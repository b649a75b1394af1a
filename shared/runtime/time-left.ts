import { stopSignal } from './lifecycle.ts';

/** Checked before each piece of work of a round. */
export type ShouldContinue = () => boolean;

/** True while more than `reserveMs` is left and the process has not been asked to stop. */
export function hasTime(remainingMs: () => number, reserveMs: number): ShouldContinue {
  return () => remainingMs() > reserveMs && !stopSignal.aborted;
}

/** Runs `work` in the first round of a run, and again only after it failed. */
export function oncePerRun(
  work: (shouldContinue: ShouldContinue) => Promise<void>,
): (shouldContinue: ShouldContinue) => Promise<void> {
  let isDone = false;
  return async (shouldContinue) => {
    if (isDone) return;
    await work(shouldContinue);
    isDone = true;
  };
}
