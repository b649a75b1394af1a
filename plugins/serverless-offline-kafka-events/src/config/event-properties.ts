import { FilterPatternError } from '../filter/filter-error.ts';
import { compileRecordFilter, type RecordFilter } from '../filter/record-filter.ts';
import type { FailureDestination, StartingPosition } from './mapping.ts';
import { PROVISIONED_ONLY } from './provisioned-only.ts';
import { parseBrokers, type Settings } from './settings.ts';

/** Throws a ConfigurationError that names the property. */
export type Fail = (property: string, problem: string) => never;

export function refuseProvisionedOnly(
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

export function refuseMorePollersThanMost(provisioned: Record<string, unknown>, fail: Fail): void {
  const { minimumPollers, maximumPollers } = provisioned;
  if (typeof minimumPollers === 'number' && typeof maximumPollers === 'number' && minimumPollers > maximumPollers) {
    fail('provisionedPollerConfig', 'minimumPollers must not be more than maximumPollers');
  }
}

export function parseDestination(value: unknown, fail: (problem: string) => never): FailureDestination | null {
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

export function parseStartingPosition(value: unknown, timestamp: unknown, fail: Fail): StartingPosition {
  const position = value ?? 'TRIM_HORIZON';
  if (position !== 'LATEST' && position !== 'TRIM_HORIZON' && position !== 'AT_TIMESTAMP') {
    return fail('startingPosition', 'must be LATEST, TRIM_HORIZON or AT_TIMESTAMP');
  }
  if (position === 'AT_TIMESTAMP' && typeof timestamp !== 'number') {
    fail('startingPositionTimestamp', 'is needed with AT_TIMESTAMP (seconds since the epoch)');
  }
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
  // AWS would take a random one; a stable one lets a restart resume.
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
