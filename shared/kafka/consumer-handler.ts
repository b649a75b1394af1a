import type { Context } from 'aws-lambda';
import { log } from '#shared/observability/logger.ts';
import { newTrace, runInTrace } from '#shared/observability/trace-context.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { type KafkaEvent, type RawRecord, recordsOf } from './records.ts';

export interface Invocation {
  /** Milliseconds until the function's timeout. */
  remainingMs(): number;
}

export type KafkaHandler = (event: KafkaEvent, context: Context) => Promise<void>;

/** Wraps a Kafka consumer. If `consume` throws, the event source delivers the whole batch again. */
export function kafkaHandler(
  consume: (records: readonly RawRecord[], invocation: Invocation) => Promise<void>,
): KafkaHandler {
  return (event, context) =>
    tracked(() =>
      runInTrace(newTrace(), async () => {
        try {
          await consume(recordsOf(event), { remainingMs: () => context.getRemainingTimeInMillis() });
        } catch (error: unknown) {
          log.error('Batch failed, it will be delivered again', { error });
          throw error;
        }
      }),
    );
}
