import type { Context } from 'aws-lambda';
import { log } from '#shared/logging/logger.ts';
import { newTrace, runInTrace } from '#shared/tracing/trace-context.ts';
import { stopSignal, tracked } from './lifecycle.ts';
import { pause } from './within.ts';

export interface Round {
  /** Milliseconds until the function is ended. */
  remainingMs(): number;
}

export type ScheduledHandler = (event: unknown, context: Context) => Promise<void>;

const POLL_MS = 1000;

const isSingleRound = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'once' in event && event.once === true;

/**
 * Wraps a function that a schedule starts once a minute: it works off what is due, then looks again every second until
 * shortly before its timeout, so that nothing waits for the next minute. A round that fails is logged and tried again. Invoked
 * by hand with `{"once": true}` it makes a single round. A round starts only with `reserveMs` left.
 */
export const scheduledHandler =
  (drain: (round: Round) => Promise<void>, reserveMs: number): ScheduledHandler =>
  (event, context) =>
    tracked(async () => {
      const remainingMs = () => context.getRemainingTimeInMillis();
      while (!stopSignal.aborted && remainingMs() > reserveMs) {
        await runInTrace(newTrace(), () =>
          drain({ remainingMs }).catch((error: unknown) => log.warn('Round failed, trying again', { error })),
        );
        if (isSingleRound(event)) return;
        await pause(POLL_MS, stopSignal);
      }
    });
