import type { Context } from 'aws-lambda';
import { pause } from '#shared/async/within.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import { newTrace, runInTrace } from '#shared/observability/trace-context.ts';
import { stopSignal, tracked } from './lifecycle.ts';

/** One look at what is due. `remainingMs` tells the time until the function is ended. */
export type Round = (remainingMs: () => number) => Promise<void>;

export type ScheduledHandler = (event: unknown, context: Context) => Promise<void>;

const POLL_MS = 1000;

function isSingleRound(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'once' in event && event.once === true;
}

/** A dependency that is away fails every round: it is told when it begins, and when it fails differently. */
function failureReporter() {
  let told = '';
  return (error: unknown): void => {
    const problem = errorText(error, 200);
    if (problem === told) return;
    told = problem;
    log.warn('Round failed, trying again every second', { error });
  };
}

/**
 * Wraps a function that a schedule starts once a minute: it works off what is due, then looks again every second until
 * shortly before its timeout, so that nothing waits for the next minute. A round that fails is logged and tried again; one
 * starts only with `reserveMs` left. Invoked by hand with `{"once": true}` it makes a single round.
 */
export function scheduledHandler(startRun: () => Round, reserveMs: number): ScheduledHandler {
  return (event, context) =>
    tracked(async () => {
      const round = startRun();
      const report = failureReporter();
      const remainingMs = () => context.getRemainingTimeInMillis();
      while (!stopSignal.aborted && remainingMs() > reserveMs) {
        await runInTrace(newTrace(), () => round(remainingMs).catch(report));
        if (isSingleRound(event)) return;
        await pause(POLL_MS, stopSignal);
      }
    });
}
