import { FilterPatternError } from '../filter/leaf-rule.ts';
import { compileRecordFilter, type RecordFilter } from '../filter/record-filter.ts';
import { isObject } from '../support/value.ts';
import { isReference } from './service.ts';
import { parseBrokers, type Settings } from './settings.ts';

export type StartingPosition = 'LATEST' | 'TRIM_HORIZON' | 'AT_TIMESTAMP';

/** Where records go once their retries or their age are exhausted. */
export type FailureDestination =
  | { readonly kind: 'kafka'; readonly topic: string }
  | { readonly kind: 'arn'; readonly arn: string };

/** Throws a ConfigurationError that names the property. */
export type Fail = (property: string, problem: string) => never;

export function refuseProvisionedOnly(
  event: Record<string, unknown>,
  destination: FailureDestination | null,
  fail: Fail,
): void {
  for (const [property, isUsed] of Object.entries(PROVISIONED_ONLY)) {
    if (isUsed(event[property]))
      fail(property, 'needs provisionedPollerConfig: AWS supports it in provisioned mode only');
  }
  if (destination?.kind === 'kafka') {
    fail(
      'onFailureDestination',
      'a kafka:// destination needs provisionedPollerConfig: AWS supports it in provisioned mode only',
    );
  }
}

/** The bounds of provisioned mode. */
export interface Pollers {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Mappings of one group share their pollers. */
  readonly group: string | undefined;
}

/** osls spells it `provisionedPollerConfig`, Serverless 4 `provisionedPollers`; both are accepted. Null: on-demand mode. */
export function parsePollers(event: Record<string, unknown>, fail: Fail): Pollers | null {
  const { provisionedPollerConfig: long, provisionedPollers: short } = event;
  if (isObject(long) && isObject(short)) {
    fail('provisionedPollers', 'is another spelling of provisionedPollerConfig. Use one of them.');
  }
  if (isObject(long)) {
    const names = ['minimumPollers', 'maximumPollers', 'pollerGroupName'] as const;
    return readPollers('provisionedPollerConfig', long, names, fail);
  }
  if (isObject(short)) return readPollers('provisionedPollers', short, ['min', 'max', 'group'], fail);
  return null;
}

function readPollers(
  property: string,
  value: Record<string, unknown>,
  [minimumName, maximumName, groupName]: readonly [string, string, string],
  fail: Fail,
): Pollers {
  const count = (name: string, most: number): number | undefined => {
    const number = value[name];
    if (number === undefined || number === null) return undefined;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > most)
      return fail(`${property}.${name}`, `must be a whole number from 1 to ${most}`);
    return number;
  };
  const group = value[groupName];
  if (group !== undefined && (typeof group !== 'string' || !/^[\w-]{1,128}$/.test(group)))
    return fail(`${property}.${groupName}`, 'must be a name of at most 128 letters, digits, _ and -');
  const [minimum, maximum] = [count(minimumName, 200), count(maximumName, 2_000)];
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    fail(property, `${minimumName} must not be more than ${maximumName}`);
  return { minimum, maximum, group };
}

export function parseDestination(value: unknown, fail: (problem: string) => never): FailureDestination | null {
  if (value === undefined || value === null) return null;
  if (isReference(value)) return { kind: 'arn', arn: JSON.stringify(value) };
  if (typeof value !== 'string') return fail('must be kafka://topic, an ARN, or a CloudFormation reference');
  if (value.startsWith('kafka://')) {
    const topic = value.slice('kafka://'.length);
    return /^[a-zA-Z0-9._-]{1,249}$/.test(topic) ? { kind: 'kafka', topic } : fail(`"${value}" names no topic`);
  }
  return value.startsWith('arn:')
    ? { kind: 'arn', arn: value }
    : fail(`"${value}" is neither kafka://topic nor an ARN`);
}

export function parseStartingPosition(value: unknown, timestamp: unknown, fail: Fail): StartingPosition {
  const position = value ?? 'TRIM_HORIZON';
  if (position !== 'LATEST' && position !== 'TRIM_HORIZON' && position !== 'AT_TIMESTAMP') {
    return fail('startingPosition', 'must be LATEST, TRIM_HORIZON or AT_TIMESTAMP');
  }
  if (position === 'AT_TIMESTAMP' && typeof timestamp !== 'number') {
    fail('startingPositionTimestamp', 'is needed with AT_TIMESTAMP (seconds since the epoch)');
  }
  if (typeof timestamp === 'number' && timestamp * 1_000 > Date.now())
    fail('startingPositionTimestamp', 'must not be in the future; it counts seconds since the epoch');
  return position;
}

export function parseFilter(patterns: unknown, fail: (problem: string) => never): RecordFilter | null {
  if (patterns === undefined || patterns === null) return null;
  if (!Array.isArray(patterns)) return fail('must be a list of patterns');
  try {
    return compileRecordFilter(patterns);
  } catch (error) {
    if (error instanceof FilterPatternError) return fail(error.message);
    throw error;
  }
}

export function parseResponseType(value: unknown, fail: Fail): boolean {
  if (value === undefined || value === null) return false;
  return value === 'ReportBatchItemFailures'
    ? true
    : fail('functionResponseType', 'can only be ReportBatchItemFailures');
}

export function groupIdOf(value: unknown, byDefault: string, fail: Fail): string {
  // AWS generates a random id. A stable one lets a restart resume.
  if (value === undefined || value === null || value === '') return byDefault.slice(0, 200);
  if (typeof value !== 'string' || value.length > 200)
    return fail('consumerGroupId', 'must be a string of at most 200 characters');
  return value;
}

export function brokersOf(event: Record<string, unknown>, settings: Settings, fail: Fail): readonly string[] {
  if (settings.brokers !== null) return settings.brokers;
  if (event.bootstrapServers === undefined)
    return fail('arn', 'custom.kafkaEvents.brokers must say which brokers stand in for the cluster');
  return parseBrokers(event.bootstrapServers, 'bootstrapServers');
}

/** What −1 retries mean with a destination. https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
export const DESTINATION_RETRY_ATTEMPTS = 10;

/** Properties that AWS supports in provisioned mode only, with a predicate that says whether a value uses them. */
const PROVISIONED_ONLY: Readonly<Record<string, (value: unknown) => boolean>> = {
  functionResponseType: isPresent,
  maximumRetryAttempts: (value) => isPresent(value) && value !== -1,
  maximumRecordAgeInSeconds: (value) => isPresent(value) && value !== -1,
  bisectBatchOnFunctionError: (value) => value === true,
  schemaRegistryConfig: isPresent,
  metricsConfig: isPresent,
  loggingConfig: isPresent,
};

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The cluster's ARN, or a placeholder that names the CloudFormation reference, which only a deploy can resolve. */
export function mskArn(arn: unknown, region: string): string {
  if (typeof arn === 'string') return arn;
  const reference = isObject(arn) ? (arn.Ref ?? arn['Fn::ImportValue']) : undefined;
  const name = typeof reference === 'string' ? reference : 'cluster';
  return `arn:aws:kafka:${region}:000000000000:cluster/${name}/00000000-0000-0000-0000-000000000000-0`;
}

const AWS_ONLY = ['consumptionMode', 'metricsConfig', 'loggingConfig', 'kmsKeyArn', 'tags'];
const NOT_IN_QUEUE_MODE = ['startingPosition', 'startingPositionTimestamp', 'maximumBatchingWindow'];

/** Lists the properties that only act on AWS. https://docs.aws.amazon.com/lambda/latest/dg/polling-kafka-queue.html */
export function awsOnlyOf(event: Record<string, unknown>, type: 'kafka' | 'msk', fail: Fail): string[] {
  if (event.consumptionMode === 'Queue') {
    if (type === 'msk') fail('consumptionMode', 'Queue exists for self-managed clusters only');
    const wrong = NOT_IN_QUEUE_MODE.find((property) => isPresent(event[property]));
    if (wrong !== undefined) fail(wrong, 'is not supported with consumptionMode Queue');
  }
  return AWS_ONLY.filter((name) => isPresent(event[name]) && event[name] !== 'Stream');
}
