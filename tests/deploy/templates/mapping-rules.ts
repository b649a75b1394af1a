import { ofType, type Resources } from './template.ts';

/** Properties that Kafka mappings support only with ProvisionedPollerConfig. */
const PROVISIONED_ONLY = [
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'FunctionResponseTypes',
];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function destinationOf(properties: Readonly<Record<string, unknown>>): unknown {
  const { DestinationConfig: config } = properties;
  const onFailure = isObject(config) ? config['OnFailure'] : undefined;
  return isObject(onFailure) ? onFailure['Destination'] : undefined;
}

/** The API's minimum length of a destination. */
const SHORTEST_DESTINATION = 12;

/** Checks event source mappings for what AWS rejects and cfn-lint does not. @returns one line per problem */
export function mappingProblems(resources: Resources): string[] {
  const problems: string[] = [];
  for (const [id, properties] of ofType(resources, 'AWS::Lambda::EventSourceMapping')) {
    const destination = destinationOf(properties);
    const toTopic = typeof destination === 'string' && destination.startsWith('kafka://');
    if (properties['ProvisionedPollerConfig'] === undefined) {
      for (const property of PROVISIONED_ONLY.filter((name) => properties[name] !== undefined)) {
        problems.push(`${id}: ${property} needs ProvisionedPollerConfig`);
      }
      if (toTopic) problems.push(`${id}: a kafka:// destination needs ProvisionedPollerConfig`);
    }
    if (toTopic && destination.length < SHORTEST_DESTINATION)
      problems.push(`${id}: ${destination} has fewer than ${SHORTEST_DESTINATION} characters`);
  }
  return problems;
}
