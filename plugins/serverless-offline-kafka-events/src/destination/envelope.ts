import type { Mapping } from '../config/mapping.ts';
import type { DiscardCondition } from '../partition/units-and-limits.ts';
import { emptyEventBytes, recordJsonBytes } from '../record/json-size.ts';
import { type LambdaKafkaRecord, partitionKey, toLambdaEvent } from '../record/lambda-event.ts';
import type { PolledRecord } from '../record/polled-record.ts';

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
