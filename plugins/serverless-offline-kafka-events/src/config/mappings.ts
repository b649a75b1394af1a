import type { RecordFilter } from '../filter/record-filter.ts';
import { isObject } from '../support/value.ts';
import {
  awsOnlyOf,
  brokersOf,
  DESTINATION_RETRY_ATTEMPTS,
  type FailureDestination,
  groupIdOf,
  mskArn,
  parseDestination,
  parseFilter,
  parsePollers,
  parseResponseType,
  parseStartingPosition,
  refuseProvisionedOnly,
  type StartingPosition,
} from './event-properties.ts';
import { parseSchemaRegistry, type SchemaRegistryConfig } from './schema-registry.ts';
import { type Security, securityOf } from './security.ts';
import {
  ConfigurationError,
  clusterToken,
  type FunctionDefinition,
  type Naming,
  type ServiceModel,
} from './service.ts';
import type { RetryBackoff, Settings } from './settings.ts';

/** One `kafka:` or `msk:` event of serverless.yml with every default filled in. */
export interface Mapping {
  readonly functionKey: string;
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly eventSource: 'SelfManagedKafka' | 'aws:kafka';
  /** Set for `msk:` only. */
  readonly eventSourceArn?: string;
  /** The cluster as serverless.yml names it. */
  readonly cluster: string;
  readonly brokers: readonly string[];
  readonly security: Security;
  readonly topic: string;
  readonly groupId: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly enabled: boolean;
  readonly startingPosition: StartingPosition;
  readonly startingTimestampMs?: number;
  readonly filter: RecordFilter | null;
  readonly isReportingBatchItemFailures: boolean;
  readonly isBisecting: boolean;
  /** Infinity: no limit. */
  readonly maximumRetryAttempts: number;
  /** Infinity: no limit. */
  readonly maximumRecordAgeMs: number;
  readonly destination: FailureDestination | null;
  /** How many invocations may run at once; Infinity: one per partition. */
  readonly maximumInvocations: number;
  readonly schemaRegistry: SchemaRegistryConfig | null;
  readonly backoff: RetryBackoff;
  /** Properties that act on AWS only. */
  readonly awsOnly: readonly string[];
}

export interface ServiceInput {
  readonly service: ServiceModel;
  readonly settings: Settings;
  readonly stage: string;
  readonly use: MappingUse;
  /** Null without the provider aws. */
  readonly naming: Naming | null;
  /** Whether serverless-offline runs functions in containers. */
  readonly isUsingDocker?: boolean;
}

/**
 * Every `kafka:` and `msk:` event of the service.
 * @throws ConfigurationError that lists every mistake
 */
export function parseMappings(input: ServiceInput): Mapping[] {
  const { service, settings, stage, use, naming, isUsingDocker = false } = input;
  const mistakes: string[] = [];
  const mappings: NamedMapping[] = [];
  for (const functionKey of service.getAllFunctions()) {
    const definition = service.getFunction(functionKey);
    for (const event of definition.events ?? []) {
      const type = isObject(event.kafka) ? 'kafka' : isObject(event.msk) ? 'msk' : null;
      if (type === null) continue;
      try {
        const mapping = parseMapping({
          service,
          settings,
          stage,
          use,
          functionKey,
          definition,
          type,
          event: event[type],
        });
        mappings.push({ ...mapping, resource: naming && resourceOf(naming, functionKey, event) });
        const problem = findUnsupportedRuntime(service, definition, isUsingDocker);
        if (use === 'local' && mapping.enabled && problem !== null)
          mistakes.push(`functions.${functionKey}.${problem}`);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        mistakes.push(error.message);
      }
    }
  }
  mistakes.push(...findDuplicates(mappings, use));
  if (mistakes.length > 0) throw new ConfigurationError([...new Set(mistakes)].join('\n'));
  return mappings.map(({ resource: _, ...mapping }) => mapping);
}

/** Returns why the function cannot run locally, starting with the property at fault, or null. */
function findUnsupportedRuntime(
  service: ServiceModel,
  definition: FunctionDefinition,
  isUsingDocker: boolean,
): string | null {
  const advice = 'Set enabled: false on its event to run the other functions.';
  if (definition.image !== undefined)
    return `image: serverless-offline cannot run container images for Kafka events. ${advice}`;
  const runtime = definition.runtime ?? service.provider.runtime ?? 'nodejs';
  if (!runtime.startsWith('nodejs'))
    return `runtime: ${runtime} is not supported, because serverless-offline does not report when its handlers fail. ${advice}`;
  if (isUsingDocker)
    return `handler: useDocker is not supported, because serverless-offline reports errors in containers as results. ${advice}`;
  return null;
}

/** Finds mappings that share a resource in the template, or a consumer group. */
function findDuplicates(mappings: readonly NamedMapping[], use: MappingUse): string[] {
  const mistakes: string[] = [];
  for (const [index, mapping] of mappings.entries()) {
    const { functionKey, topic, groupId } = mapping;
    for (const earlier of mappings.slice(0, index)) {
      if (mapping.resource !== null && earlier.resource === mapping.resource) {
        mistakes.push(
          `functions.${functionKey}.events: topics ${earlier.topic} and ${topic} get one resource in the template, so the second event would replace the first. Use one event, or two functions.`,
        );
      } else if (earlier.groupId === groupId && isOneCluster(earlier, mapping, use)) {
        mistakes.push(
          `functions.${functionKey}.events: consumerGroupId ${groupId} is also that of functions.${earlier.functionKey}, so each would get a part of the records. AWS requires a unique group for each event.`,
        );
      }
    }
  }
  return mistakes;
}

interface NamedMapping extends Mapping {
  readonly resource: string | null;
}

function resourceOf(naming: Naming, functionKey: string, { kafka, msk }: Readonly<Record<string, unknown>>): string {
  if (isObject(msk)) return naming.getMSKEventLogicalId(functionKey, clusterToken(msk.arn), String(msk.topic));
  const { topic, consumerGroupId, bootstrapServers } = isObject(kafka) ? kafka : {};
  return naming.getKafkaEventLogicalId(functionKey, String(topic), consumerGroupId, bootstrapServers);
}

/** Locally one broker may stand in for several clusters. */
function isOneCluster(one: Mapping, other: Mapping, use: MappingUse): boolean {
  if (one.cluster === other.cluster) return true;
  const addresses = ({ brokers }: Mapping) => [...brokers].sort().join();
  return use === 'local' && one.enabled && other.enabled && addresses(one) === addresses(other);
}

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
function parseMapping(input: MappingInput): Mapping {
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
  const region = service.provider.region ?? 'us-east-1';
  const windowSeconds = integer('maximumBatchingWindow', 0, 300);

  return {
    functionKey,
    functionName,
    timeoutMs: timeoutSeconds * 1_000,
    eventSource: type === 'msk' ? 'aws:kafka' : 'SelfManagedKafka',
    ...(type === 'msk' ? { eventSourceArn: mskArn(event.arn, region) } : {}),
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
    schemaRegistry: parseSchemaRegistry(event.schemaRegistryConfig, { settings, use: input.use, region }, fail),
    backoff: settings.backoff,
    awsOnly: awsOnlyOf(event, type, fail),
  };
}
