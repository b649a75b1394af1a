import type { Context } from 'aws-lambda';
import { pause } from '#shared/async/waiting.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { log } from '#shared/observability/logger.ts';
import { newTrace, runInTrace } from '#shared/observability/trace-context.ts';
import { stopSignal, tracked } from './lifecycle.ts';

/** One pass over the due work. `remainingMs` returns the time until the function's timeout. */
export type Round = (remainingMs: () => number) => Promise<void>;

export type ScheduledHandler = (event: unknown, context: Context) => Promise<void>;

const POLL_MS = 1000;

function isSingleRound(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'once' in event && event.once === true;
}

/** A dependency that is down fails every round: logs the first failure, and again when the message changes. */
function failureReporter() {
  let reported = '';
  return (error: unknown): void => {
    const problem = errorText(error, 200);
    if (problem === reported) return;
    reported = problem;
    log.warn('Round failed, retrying every second', { error });
  };
}

/**
 * Wraps a function that a schedule starts every minute. It runs a round every second until shortly before its timeout, so that
 * due work does not wait for the next minute. A failed round is logged and retried; a round starts only with more than
 * `reserveMs` left. The event `{"once": true}` runs a single round.
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
