import type { ServiceModel } from '../config/service.ts';
import { isObject } from '../support/value.ts';

/** The framework's names of the resources it compiles. */
export interface Naming {
  getKafkaEventLogicalId(functionKey: string, topic: string): string;
  getMSKEventLogicalId(functionKey: string, cluster: string, topic: string): string;
}

/** Writes into the compiled template what the framework leaves out, so that a deploy equals the local run. */
export function completeTemplate(service: ServiceModel, template: unknown, naming: Naming): void {
  const resources = isObject(template) && isObject(template.Resources) ? template.Resources : {};
  for (const functionKey of service.getAllFunctions()) {
    for (const event of service.getFunction(functionKey).events ?? []) {
      const { kafka, msk } = event;
      if (isObject(kafka)) complete(resources[naming.getKafkaEventLogicalId(functionKey, String(kafka.topic))], kafka);
      if (isObject(msk)) {
        complete(resources[naming.getMSKEventLogicalId(functionKey, clusterToken(msk.arn), String(msk.topic))], msk);
      }
    }
  }
}

function complete(resource: unknown, event: Record<string, unknown>): void {
  if (!isObject(resource) || !isObject(resource.Properties)) return;
  Object.assign(resource.Properties, mappingProperties(event));
  const source = resource.Properties.SelfManagedEventSource;
  const endpoints = isObject(source) ? source.Endpoints : undefined;
  if (isObject(endpoints)) endpoints.KafkaBootstrapServers = separateBrokers(endpoints.KafkaBootstrapServers);
}

/** A variable of the environment holds several brokers as one string, which AWS would take for one broker. */
function separateBrokers(brokers: unknown): unknown {
  if (!Array.isArray(brokers)) return brokers;
  return brokers.flatMap((one: unknown) =>
    typeof one === 'string' ? one.split(',').map((broker) => broker.trim()) : [one],
  );
}

/** The part of the ARN that the framework names the resource by. */
function clusterToken(arn: unknown): string {
  if (isObject(arn)) return String(arn['Fn::ImportValue'] ?? arn.Ref);
  return String(arn).split('/')[1] ?? '';
}

/** Properties of AWS::Lambda::EventSourceMapping that the framework does not write for Kafka. */
export type MappingProperties = Record<string, unknown>;

/** From one `kafka:` or `msk:` event of serverless.yml. */
export function mappingProperties(event: Readonly<Record<string, unknown>>): MappingProperties {
  const properties: MappingProperties = {};
  const copy = (from: string, to: string, convert: (value: unknown) => unknown = (value) => value) => {
    const value = event[from];
    if (value !== undefined && value !== null) properties[to] = convert(value);
  };
  copy('functionResponseType', 'FunctionResponseTypes', (value) => [value]);
  copy('maximumRetryAttempts', 'MaximumRetryAttempts');
  copy('maximumRecordAgeInSeconds', 'MaximumRecordAgeInSeconds');
  copy('bisectBatchOnFunctionError', 'BisectBatchOnFunctionError');
  copy('onFailureDestination', 'DestinationConfig', (value) => ({ OnFailure: { Destination: value } }));
  copy('filterPatterns', 'FilterCriteria', (value) => ({
    Filters: Array.isArray(value) ? value.map((pattern: unknown) => ({ Pattern: JSON.stringify(pattern) })) : [],
  }));
  // The framework drops a window of 0, and AWS would then wait its default of 500 ms.
  copy('maximumBatchingWindow', 'MaximumBatchingWindowInSeconds');
  return properties;
}
