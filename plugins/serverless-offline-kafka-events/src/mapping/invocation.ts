import type { LambdaKafkaEvent } from '../record/lambda-event.ts';

/** How one invocation of a function ended. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly value: unknown }
  | {
      readonly kind: 'failed';
      readonly reason: 'error' | 'timeout';
      readonly error: unknown;
      /** Resolves when the handler has ended: in this process a handler that timed out cannot be stopped. */
      readonly settled: Promise<void>;
    };

/** Invokes a function; never rejects. */
export type Invoke = (functionKey: string, event: LambdaKafkaEvent) => Promise<InvocationResult>;
