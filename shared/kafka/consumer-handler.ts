import type { Context } from 'aws-lambda';
import { log } from '#shared/observability/logger.ts';
import { areSpansExported, inSpan } from '#shared/observability/spans.ts';
import { continueTrace, formatTraceparent, newTrace, type TraceContext } from '#shared/observability/trace-context.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { type KafkaEvent, type RawRecord, recordsOf, traceOf, unprefixed } from './records.ts';

export interface Invocation {
  /** Milliseconds until the function's timeout. */
  remainingMs(): number;
}

export type KafkaHandler = (event: KafkaEvent, context: Context) => Promise<void>;

/** A batch of one trace continues it; any other batch has its own, with a link to each. */
function traceOfBatch(records: readonly RawRecord[]): { trace: TraceContext; links: TraceContext[] } {
  if (!areSpansExported) return { trace: newTrace(), links: [] };
  const links = records.flatMap((record) => traceOf(record) ?? []);
  const [first] = links;
  const isOne = first !== undefined && links.every(({ traceId }) => traceId === first.traceId);
  return isOne ? { trace: continueTrace(formatTraceparent(first)), links: [] } : { trace: newTrace(), links };
}

function spanOf(records: readonly RawRecord[], links: readonly TraceContext[]) {
  const topic = unprefixed(records[0]?.topic ?? '');
  const attributes = {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.batch.message_count': records.length,
  };
  return { name: `process ${topic}`, kind: 'consumer', attributes, links } as const;
}

/** Wraps a Kafka consumer. If `consume` throws, the event source delivers the whole batch again. */
export function kafkaHandler(
  consume: (records: readonly RawRecord[], invocation: Invocation) => Promise<void>,
): KafkaHandler {
  return (event, context) =>
    tracked(() => {
      const records = recordsOf(event);
      const { trace, links } = traceOfBatch(records);
      return inSpan(spanOf(records, links), trace, async () => {
        try {
          await consume(records, { remainingMs: () => context.getRemainingTimeInMillis() });
        } catch (error: unknown) {
          log.error('Batch failed, it will be delivered again', { error });
          throw error;
        }
      });
    });
}
