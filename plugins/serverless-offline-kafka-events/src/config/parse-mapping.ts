import { isObject } from '../support/value.ts';
import {
  awsOnlyOf,
  brokersOf,
  DESTINATION_RETRY_ATTEMPTS,
  groupIdOf,
  mskArn,
  parseDestination,
  parseFilter,
  parsePollers,
  parseResponseType,
  parseStartingPosition,
  refuseProvisionedOnly,
} from './event-properties.ts';
import type { Mapping } from './mapping.ts';
import { parseSchemaRegistry } from './schema-registry.ts';
import { securityOf } from './security.ts';
import { ConfigurationError, type FunctionDefinition, type ServiceModel } from './service.ts';
import type { Settings } from './settings.ts';

/** A deploy does not need brokers: AWS knows those of an MSK cluster. */
export type MappingUse = 'local' | 'deploy';

export interface MappingInput {
  readonly service: ServiceModel;
  readonly settings: Settings;
  readonly stage: string;
  readonly use: MappingUse;
  readonly functionKey: string;
  readonly definition: FunctionDefinition;
  readonly type: 'kafka' | 'msk';
  readonly event: unknown;
}

const DEFAULT_TIMEOUT_SECONDS = 6;
const MAXIMUM_TIMEOUT_SECONDS = 14 * 60;
const DEFAULT_WINDOW_MS = 500;
/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
const INVOCATIONS_PER_POLLER = 5;

/** One event with its defaults. @throws ConfigurationError */
export function parseMapping(input: MappingInput): Mapping {
  const { functionKey, type, definition, service, settings } = input;
  const event = isObject(input.event) ? input.event : {};
  const fail = (property: string, problem: string): never => {
    throw new ConfigurationError(`functions.${functionKey}.events.${type}.${property}: ${problem}`);
  };
  const integer = (property: string, minimum: number, maximum: number): number | undefined => {
    const value = event[property];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
      return fail(property, `must be a whole number from ${minimum} to ${maximum}`);
    }
    return value;
  };

  const topic = event.topic;
  if (typeof topic !== 'string' || topic === '') return fail('topic', 'is missing');
  const pollers = parsePollers(event, fail);
  const destination = parseDestination(event.onFailureDestination, (problem) => fail('onFailureDestination', problem));
  if (pollers === null) refuseProvisionedOnly(event, destination, fail);
  if (destination?.kind === 'kafka' && destination.topic === topic) {
    fail('onFailureDestination', `kafka://${topic} is the topic that the mapping itself reads`);
  }
  if (input.use === 'local' && destination?.kind === 'arn' && settings.onFailureTopic === topic) {
    throw new ConfigurationError(
      `custom.kafkaEvents.onFailureTopic: ${topic} is the topic that functions.${functionKey}.events.${type} reads, whose failed records it would take`,
    );
  }
  const timeoutSeconds = definition.timeout ?? service.provider.timeout ?? DEFAULT_TIMEOUT_SECONDS;
  if (timeoutSeconds > MAXIMUM_TIMEOUT_SECONDS) {
    throw new ConfigurationError(
      `functions.${functionKey}.timeout: at most 14 minutes (840) with a Kafka event source`,
    );
  }
  const functionName = definition.name ?? `${service.service}-${input.stage}-${functionKey}`;
  const startingTimestamp = event.startingPositionTimestamp;
  const startingPosition = parseStartingPosition(event.startingPosition, startingTimestamp, fail);
  const retryAttempts = integer('maximumRetryAttempts', -1, 10_000) ?? -1;
  const recordAge = integer('maximumRecordAgeInSeconds', -1, 604_800) ?? -1;
  if (recordAge !== -1 && recordAge < 60)
    fail('maximumRecordAgeInSeconds', 'must be −1, or a whole number from 60 to 604800');
  const windowSeconds = integer('maximumBatchingWindow', 0, 300);

  return {
    functionKey,
    functionName,
    timeoutMs: timeoutSeconds * 1_000,
    eventSource: type === 'msk' ? 'aws:kafka' : 'SelfManagedKafka',
    ...(type === 'msk' ? { eventSourceArn: mskArn(event.arn, service.provider.region ?? 'us-east-1') } : {}),
    cluster: JSON.stringify(event.arn ?? event.bootstrapServers ?? ''),
    brokers: input.use === 'deploy' ? [] : brokersOf(event, settings, fail),
    security: securityOf(event, settings, fail),
    topic,
    groupId: groupIdOf(event.consumerGroupId, `${functionName}-${topic}`, fail),
    batchSize: integer('batchSize', 1, 10_000) ?? 100,
    windowMs: windowSeconds === undefined ? DEFAULT_WINDOW_MS : windowSeconds * 1_000,
    enabled: event.enabled !== false,
    startingPosition,
    ...(typeof startingTimestamp === 'number' ? { startingTimestampMs: startingTimestamp * 1_000 } : {}),
    filter: parseFilter(event.filterPatterns, (problem) => fail('filterPatterns', problem)),
    isReportingBatchItemFailures: parseResponseType(event.functionResponseType, fail),
    isBisecting: event.bisectBatchOnFunctionError === true,
    maximumRetryAttempts:
      retryAttempts >= 0 ? retryAttempts : destination === null ? Number.POSITIVE_INFINITY : DESTINATION_RETRY_ATTEMPTS,
    maximumRecordAgeMs: recordAge === -1 ? Number.POSITIVE_INFINITY : recordAge * 1_000,
    destination,
    maximumInvocations: (pollers?.maximum ?? Number.POSITIVE_INFINITY) * INVOCATIONS_PER_POLLER,
    schemaRegistry: parseSchemaRegistry(event.schemaRegistryConfig, settings, input.use, fail),
    backoff: settings.backoff,
    awsOnly: awsOnlyOf(event, type, fail),
  };
}
