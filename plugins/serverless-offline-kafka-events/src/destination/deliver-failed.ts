import { randomUUID } from 'node:crypto';
import type { Mapping } from '../config/mapping.ts';
import type { MetricsRecorder } from '../metrics/metrics.ts';
import type { DiscardCondition } from '../partition/units-and-limits.ts';
import type { PolledRecord } from '../record/polled-record.ts';
import { describeError, type Log } from '../support/log.ts';
import type { DeadLetterProducer } from './dead-letter-producer.ts';
import { toFailureEnvelope } from './envelope.ts';

/** Records that are discarded. */
export interface FailedRecords {
  readonly records: readonly PolledRecord[];
  readonly condition: DiscardCondition;
  readonly invocations: number;
}

/**
 * Delivers records to the failure destination. Resolves with how many, from the first on, were delivered; the caller
 * retries the rest. Never rejects.
 */
export type DeliverFailed = (failed: FailedRecords) => Promise<number>;

export interface DeliverFailedOptions {
  readonly mapping: Mapping;
  /** Topic that replaces a destination that does not exist locally. */
  readonly standInTopic: string | null;
  readonly region: string;
  readonly producer: DeadLetterProducer;
  readonly metrics: MetricsRecorder;
  readonly log: Log;
}

/** Delivers discarded records to the destination, or drops them when there is none. */
export function createDeliverFailed(options: DeliverFailedOptions): DeliverFailed {
  const { mapping, metrics, log } = options;
  const topic =
    mapping.destination?.kind === 'kafka' ? mapping.destination.topic : mapping.destination && options.standInTopic;
  return async (failed) => {
    const fields = describe(mapping, failed);
    if (topic === null) {
      metrics.add('DroppedEventCount', failed.records.length);
      const why =
        mapping.destination === null ? 'there is no onFailureDestination' : 'its destination does not exist locally';
      log.error(`records are dropped: ${why}`, { ...fields, destination: mapping.destination });
      return failed.records.length;
    }
    const { delivered, error } = await options.producer.send(
      topic,
      failed.records.map((record) => toMessage(options, failed, record)),
    );
    metrics.add('OnFailureDestinationDeliveredEventCount', delivered);
    if (delivered > 0) {
      const written = describe(mapping, { ...failed, records: failed.records.slice(0, delivered) });
      log.warn('records went to the failure destination', { ...written, destination: topic });
    }
    if (delivered < failed.records.length) {
      metrics.add('OnFailureDestinationDeliveryErrorCount', failed.records.length - delivered);
      log.error('the failure destination cannot be written: nothing is committed until a retry succeeds', {
        ...describe(mapping, { ...failed, records: failed.records.slice(delivered) }),
        destination: topic,
        error: describeError(error),
      });
    }
    return delivered;
  };
}

function toMessage(options: DeliverFailedOptions, failed: FailedRecords, record: FailedRecords['records'][number]) {
  const { mapping } = options;
  const envelope = toFailureEnvelope({
    mapping,
    record,
    condition: failed.condition,
    invocations: failed.invocations,
    requestId: randomUUID(),
    functionArn: `arn:aws:lambda:${options.region}:000000000000:function:${mapping.functionName}:$LATEST`,
    nowMs: Date.now(),
  });
  // With a schema registry the record's key may have been decoded.
  const key = record.originalKey === undefined ? record.key : record.originalKey;
  return { key, value: JSON.stringify(envelope) };
}

function describe(mapping: Mapping, { records, condition, invocations }: FailedRecords) {
  return {
    function: mapping.functionKey,
    topic: mapping.topic,
    partition: records[0]?.partition,
    offsets: [records[0]?.offset, records.at(-1)?.offset],
    size: records.length,
    condition,
    invocations,
  };
}
