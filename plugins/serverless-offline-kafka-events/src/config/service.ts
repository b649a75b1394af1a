import { isObject } from '../support/value.ts';

/** The part of the framework's service that we read. */
export interface ServiceModel {
  readonly service: string;
  readonly provider: {
    readonly stage?: string;
    readonly region?: string;
    readonly runtime?: string;
    readonly timeout?: number;
    readonly environment?: unknown;
  };
  readonly custom?: Readonly<Record<string, unknown>>;
  getAllFunctions(): string[];
  getFunction(key: string): FunctionDefinition;
}

export interface FunctionDefinition {
  readonly name?: string;
  readonly handler?: string;
  readonly runtime?: string;
  /** Container image of the function. */
  readonly image?: unknown;
  readonly environment?: unknown;
  readonly timeout?: number;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
}

/** The framework's names of resources. Serverless 4 tells clusters and groups apart, osls does not. */
export interface Naming {
  getKafkaEventLogicalId(functionKey: string, topic: string, groupId?: unknown, brokers?: unknown): string;
  getMSKEventLogicalId(functionKey: string, cluster: string, topic: string): string;
}

/** The part of an MSK cluster's ARN that the framework uses in the name of a resource. */
export function clusterToken(arn: unknown): string {
  if (isObject(arn)) return String(arn['Fn::ImportValue'] ?? arn.Ref);
  return String(arn).split('/')[1] ?? '';
}

/** A CloudFormation function such as Ref or Fn::GetAtt: only a deploy can resolve it. */
export function isReference(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && /^(Ref|Fn::\w+)$/.test(name);
}

/** A mistake in serverless.yml. The message names the function and the property. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'KAFKA_EVENTS_CONFIGURATION';
}
