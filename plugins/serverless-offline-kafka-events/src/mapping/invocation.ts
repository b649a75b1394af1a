import type { LambdaKafkaEvent } from '../record/lambda-event.ts';

/** How one invocation of a function ended. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly value: unknown }
  | {
      readonly kind: 'failed';
      readonly reason: 'error' | 'timeout';
      readonly error: unknown;
      /** Resolves once the handler no longer runs: one that timed out cannot be stopped inside this process. */
      readonly settled: Promise<void>;
    };

/** Invokes a function; never rejects. */
export type Invoke = (functionKey: string, event: LambdaKafkaEvent) => Promise<InvocationResult>;
