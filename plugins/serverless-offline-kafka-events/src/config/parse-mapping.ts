import { FilterPatternError } from '../filter/filter-error.ts';
import { compileRecordFilter, type RecordFilter } from '../filter/record-filter.ts';
import { ConfigurationError } from './config-error.ts';
import type { FailureDestination, Mapping, StartingPosition } from './mapping.ts';
import { mskArn } from './msk-arn.ts';
import { DESTINATION_RETRY_ATTEMPTS, PROVISIONED_ONLY } from './provisioned-only.ts';
import type { FunctionDefinition, ServiceModel } from './service.ts';
import { parseBrokers, type Settings } from './settings.ts';
import { isObject } from './value.ts';

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
  const provisioned = isObject(event.provisionedPollerConfig) ? event.provisionedPollerConfig : null;
  const destination = parseDestination(event.onFailureDestination, (problem) => fail('onFailureDestination', problem));
  if (provisioned === null) refuseProvisionedOnly(event, destination, fail);
  if (destination?.kind === 'kafka' && destination.topic === topic) {
    fail('onFailureDestination', `kafka://${topic} is the topic that the mapping itself reads`);
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
    brokers: input.use === 'deploy' ? [] : brokersOf(event, settings, fail),
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
    maximumPollers:
      typeof provisioned?.maximumPollers === 'number' ? provisioned.maximumPollers : Number.POSITIVE_INFINITY,
    backoff: settings.backoff,
  };
}

type Fail = (property: string, problem: string) => never;

function refuseProvisionedOnly(
  event: Record<string, unknown>,
  destination: FailureDestination | null,
  fail: Fail,
): void {
  for (const [property, isUsed] of Object.entries(PROVISIONED_ONLY)) {
    if (isUsed(event[property])) fail(property, 'needs provisionedPollerConfig: AWS has it in provisioned mode only');
  }
  if (destination?.kind === 'kafka') {
    fail(
      'onFailureDestination',
      'a kafka:// destination needs provisionedPollerConfig: AWS has it in provisioned mode only',
    );
  }
}

function parseDestination(value: unknown, fail: (problem: string) => never): FailureDestination | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') return { kind: 'arn', arn: JSON.stringify(value) };
  if (value.startsWith('kafka://')) {
    const topic = value.slice('kafka://'.length);
    return /^[a-zA-Z0-9._-]{1,249}$/.test(topic) ? { kind: 'kafka', topic } : fail(`"${value}" names no topic`);
  }
  return value.startsWith('arn:')
    ? { kind: 'arn', arn: value }
    : fail(`"${value}" is neither kafka://topic nor an ARN`);
}

function parseStartingPosition(value: unknown, timestamp: unknown, fail: Fail): StartingPosition {
  const position = value ?? 'TRIM_HORIZON';
  if (position !== 'LATEST' && position !== 'TRIM_HORIZON' && position !== 'AT_TIMESTAMP') {
    return fail('startingPosition', 'must be LATEST, TRIM_HORIZON or AT_TIMESTAMP');
  }
  if (position === 'AT_TIMESTAMP' && typeof timestamp !== 'number') {
    fail('startingPositionTimestamp', 'is needed with AT_TIMESTAMP (seconds since the epoch)');
  }
  return position;
}

function parseFilter(patterns: unknown, fail: (problem: string) => never): RecordFilter | null {
  if (patterns === undefined || patterns === null) return null;
  if (!Array.isArray(patterns)) return fail('must be a list of patterns');
  try {
    return compileRecordFilter(patterns);
  } catch (error) {
    if (error instanceof FilterPatternError) return fail(error.message);
    throw error;
  }
}

function parseResponseType(value: unknown, fail: Fail): boolean {
  if (value === undefined || value === null) return false;
  return value === 'ReportBatchItemFailures'
    ? true
    : fail('functionResponseType', 'can only be ReportBatchItemFailures');
}

function groupIdOf(value: unknown, byDefault: string, fail: Fail): string {
  // AWS would take a random one; a stable one lets a restart resume.
  if (value === undefined || value === null || value === '') return byDefault.slice(0, 200);
  if (typeof value !== 'string' || value.length > 200)
    return fail('consumerGroupId', 'must be a string of at most 200 characters');
  return value;
}

function brokersOf(event: Record<string, unknown>, settings: Settings, fail: Fail): readonly string[] {
  if (settings.brokers !== null) return settings.brokers;
  if (event.bootstrapServers === undefined)
    return fail('arn', 'custom.kafkaEvents.brokers must say which brokers stand in for the cluster');
  return parseBrokers(event.bootstrapServers, 'bootstrapServers');
}
