import { registryKindOf } from '../config/schema-registry.ts';
import { clusterToken, type Naming, type ServiceModel } from '../config/service.ts';
import { isObject } from '../support/value.ts';

/** Adds to the compiled template what the framework omits, so that a deploy behaves like the local run. */
export function completeTemplate(service: ServiceModel, template: unknown, naming: Naming): void {
  const resources = isObject(template) && isObject(template.Resources) ? template.Resources : {};
  for (const functionKey of service.getAllFunctions()) {
    const events = service.getFunction(functionKey).events ?? [];
    const taken = new Set<string>();
    // Of several events on one topic, Serverless 4 gives the last one the name that does not tell them apart.
    for (const { kafka, msk } of [...events].reverse()) {
      if (isObject(kafka)) {
        const topic = String(kafka.topic);
        const { consumerGroupId, bootstrapServers } = kafka;
        const plain = naming.getKafkaEventLogicalId(functionKey, topic);
        const logicalId = taken.has(plain)
          ? naming.getKafkaEventLogicalId(functionKey, topic, consumerGroupId, bootstrapServers)
          : plain;
        taken.add(logicalId);
        complete(resources[logicalId], kafka, 'SelfManagedKafkaEventSourceConfig');
        allowRegistry(resources, kafka.schemaRegistryConfig);
      }
      if (isObject(msk)) {
        const logicalId = naming.getMSKEventLogicalId(functionKey, clusterToken(msk.arn), String(msk.topic));
        complete(resources[logicalId], msk, 'AmazonManagedKafkaEventSourceConfig');
        allowRegistry(resources, msk.schemaRegistryConfig);
      }
    }
  }
}

function complete(resource: unknown, event: Record<string, unknown>, sourceConfig: string): void {
  if (!isObject(resource) || !isObject(resource.Properties)) return;
  Object.assign(resource.Properties, mappingProperties(event));
  if (isObject(event.schemaRegistryConfig)) {
    const config = resource.Properties[sourceConfig];
    const SchemaRegistryConfig = registryProperties(event.schemaRegistryConfig);
    resource.Properties[sourceConfig] = { ...(isObject(config) ? config : {}), SchemaRegistryConfig };
  }
  if (typeof event.consumptionMode === 'string') {
    const config = resource.Properties[sourceConfig];
    resource.Properties[sourceConfig] = { ...(isObject(config) ? config : {}), ConsumptionMode: event.consumptionMode };
    // A share group has no starting position, but the framework writes its default.
    if (event.consumptionMode === 'Queue') delete resource.Properties.StartingPosition;
  }
  const source = resource.Properties.SelfManagedEventSource;
  const endpoints = isObject(source) ? source.Endpoints : undefined;
  if (isObject(endpoints)) endpoints.KafkaBootstrapServers = separateBrokers(endpoints.KafkaBootstrapServers);
}

function registryProperties(config: Record<string, unknown>): Record<string, unknown> {
  const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isObject) : []);
  const access = list(config.accessConfigs).map(({ type, uri }) => ({ Type: type, URI: uri }));
  return {
    SchemaRegistryURI: config.schemaRegistryURI ?? config.schemaRegistryUri,
    EventRecordFormat: config.eventRecordFormat,
    ...(access.length === 0 ? {} : { AccessConfigs: access }),
    SchemaValidationConfigs: list(config.schemaValidationConfigs).map(({ attribute }) => ({ Attribute: attribute })),
  };
}

/** Allows the framework's role to read the registry. https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html */
function allowRegistry(resources: Record<string, unknown>, config: unknown): void {
  const role = resources.IamRoleLambdaExecution;
  const policies = isObject(role) && isObject(role.Properties) ? role.Properties.Policies : undefined;
  const [policy] = Array.isArray(policies) ? policies : [];
  const document = isObject(policy) ? policy.PolicyDocument : undefined;
  if (!isObject(document) || !Array.isArray(document.Statement) || !isObject(config)) return;
  const uri = config.schemaRegistryURI ?? config.schemaRegistryUri;
  if (registryKindOf(uri) === 'glue') {
    // A reference does not say the name of the registry.
    const schemas =
      typeof uri === 'string'
        ? `${uri.replace(':registry/', ':schema/')}/*`
        : { 'Fn::Sub': `arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:schema/*` };
    const Action = ['glue:GetRegistry', 'glue:GetSchemaVersion'];
    document.Statement.push({ Effect: 'Allow', Action, Resource: [uri, schemas] });
  }
  const secrets = Array.isArray(config.accessConfigs)
    ? config.accessConfigs.filter(isObject).map(({ uri }) => uri)
    : [];
  if (secrets.length > 0)
    document.Statement.push({ Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: secrets });
}

/** Splits brokers that an environment variable joins by commas; AWS would read them as one. */
function separateBrokers(brokers: unknown): unknown {
  if (!Array.isArray(brokers)) return brokers;
  return brokers.flatMap((one: unknown) =>
    typeof one === 'string' ? one.split(',').map((broker) => broker.trim()) : [one],
  );
}

/** Properties of AWS::Lambda::EventSourceMapping that the framework omits for Kafka. */
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
  const pollers = pollerProperties(event);
  if (pollers !== null) properties.ProvisionedPollerConfig = pollers;
  copy('metricsConfig', 'MetricsConfig', (value) => ({ Metrics: isObject(value) ? value.metrics : undefined }));
  copy('loggingConfig', 'LoggingConfig', (value) => ({
    SystemLogLevel: isObject(value) ? value.systemLogLevel : undefined,
  }));
  copy('kmsKeyArn', 'KmsKeyArn');
  copy('tags', 'Tags', (value) => Object.entries(isObject(value) ? value : {}).map(([Key, Value]) => ({ Key, Value })));
  // The framework omits a window of 0, and AWS would then use its default of 500 ms.
  copy('maximumBatchingWindow', 'MaximumBatchingWindowInSeconds');
  return properties;
}

/** Of both spellings; absent bounds are left to AWS. */
function pollerProperties(event: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  const { provisionedPollerConfig: long, provisionedPollers: short } = event;
  if (!isObject(long) && !isObject(short)) return null;
  const [minimum, maximum, group] = isObject(long)
    ? [long.minimumPollers, long.maximumPollers, long.pollerGroupName]
    : isObject(short)
      ? [short.min, short.max, short.group]
      : [];
  return {
    ...(minimum === undefined ? {} : { MinimumPollers: minimum }),
    ...(maximum === undefined ? {} : { MaximumPollers: maximum }),
    ...(group === undefined ? {} : { PollerGroupName: group }),
  };
}
