import { randomUUID } from 'node:crypto';
import type { Mapping } from '../config/mappings.ts';
import type { MetricsRecorder } from '../metrics/metrics.ts';
import type { DiscardCondition } from '../partition/units-and-limits.ts';
import {
  emptyEventBytes,
  type LambdaKafkaRecord,
  type PolledRecord,
  partitionKey,
  recordJsonBytes,
  toLambdaEvent,
} from '../record/record.ts';
import type { Log } from '../support/log.ts';
import { describeError } from '../support/value.ts';
import type { DeadLetterProducer } from './dead-letter-producer.ts';

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

/** What AWS writes to a failure destination. https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html */
export interface FailureEnvelope {
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: DiscardCondition;
    approximateInvokeCount: number;
  };
  responseContext: { statusCode: number; executedVersion: string; functionError: string } | null;
  version: '1.0';
  timestamp: string;
  KafkaBatchInfo: {
    batchSize: number;
    bootstrapServers: string;
    eventSourceArn?: string;
    payloadSize: number;
    recordInfo: { offset: string; timestamp: string };
  };
  payload: Record<string, unknown>;
}

export interface EnvelopeInput {
  readonly mapping: Pick<Mapping, 'functionName' | 'eventSource' | 'eventSourceArn' | 'brokers'>;
  readonly record: PolledRecord;
  readonly condition: DiscardCondition;
  readonly invocations: number;
  readonly requestId: string;
  readonly functionArn: string;
  readonly nowMs: number;
}

/** Builds the envelope of one record. A record that never reached the function has no response context. */
export function toFailureEnvelope(input: EnvelopeInput): FailureEnvelope {
  const { mapping, record, condition, invocations } = input;
  const event = toLambdaEvent(mapping, [record]);
  const lambdaRecord: LambdaKafkaRecord | undefined = event.records[partitionKey(record.topic, record.partition)]?.[0];
  return {
    requestContext: {
      requestId: input.requestId,
      functionArn: input.functionArn,
      condition,
      approximateInvokeCount: invocations,
    },
    responseContext:
      invocations === 0 ? null : { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date(input.nowMs).toISOString(),
    KafkaBatchInfo: {
      batchSize: 1,
      bootstrapServers: event.bootstrapServers,
      ...(event.eventSourceArn === undefined ? {} : { eventSourceArn: event.eventSourceArn }),
      payloadSize: emptyEventBytes(mapping, record.topic, record.partition) + recordJsonBytes(record),
      recordInfo: { offset: String(record.offset), timestamp: isoTime(record.timestamp) },
    },
    payload: {
      ...event,
      records: { [partitionKey(record.topic, record.partition)]: lambdaRecord ? [lambdaRecord] : [] },
    },
  };
}

/** A producer may write any number as a timestamp. */
function isoTime(timestampMs: number): string {
  const date = new Date(timestampMs);
  return Number.isNaN(date.getTime()) ? String(timestampMs) : date.toISOString();
}
