import { isObject } from '../support/value.ts';
import type { Mapping } from './mapping.ts';
import { type MappingUse, parseMapping } from './parse-mapping.ts';
import { ConfigurationError, type FunctionDefinition, type ServiceModel } from './service.ts';
import type { Settings } from './settings.ts';

export interface ServiceInput {
  readonly service: ServiceModel;
  readonly settings: Settings;
  readonly stage: string;
  readonly use: MappingUse;
  /** Whether serverless-offline runs functions in containers. */
  readonly isUsingDocker?: boolean;
}

/**
 * Every `kafka:` and `msk:` event of the service.
 * @throws ConfigurationError that lists every mistake
 */
export function parseMappings({ service, settings, stage, use, isUsingDocker = false }: ServiceInput): Mapping[] {
  const mistakes: string[] = [];
  const mappings: Mapping[] = [];
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
        mappings.push(mapping);
        const problem = findUnsupportedRuntime(service, definition, isUsingDocker);
        if (use === 'local' && mapping.enabled && problem !== null)
          mistakes.push(`functions.${functionKey}.${problem}`);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        mistakes.push(error.message);
      }
    }
  }
  mistakes.push(...findDuplicates(mappings));
  if (mistakes.length > 0) throw new ConfigurationError([...new Set(mistakes)].join('\n'));
  return mappings;
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
function findDuplicates(mappings: readonly Mapping[]): string[] {
  const mistakes: string[] = [];
  for (const [index, mapping] of mappings.entries()) {
    const { functionKey, topic, groupId } = mapping;
    for (const earlier of mappings.slice(0, index)) {
      if (sourceOf(earlier) !== sourceOf(mapping)) continue;
      if (earlier.functionKey === functionKey && resourceToken(earlier.topic) === resourceToken(topic)) {
        mistakes.push(
          `functions.${functionKey}.events: topics ${earlier.topic} and ${topic} get one resource in the template, so the second event would replace the first. Use one event, or two functions.`,
        );
      } else if (earlier.groupId === groupId) {
        mistakes.push(
          `functions.${functionKey}.events: consumerGroupId ${groupId} is also that of functions.${earlier.functionKey}, so each would get a part of the records. AWS requires a unique group for each event.`,
        );
      }
    }
  }
  return mistakes;
}

/** The framework keeps only letters and digits of a topic in the name of the resource. */
function resourceToken(topic: string): string {
  return topic.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
}

/** The cluster as serverless.yml names it. */
function sourceOf({ cluster }: Mapping): string {
  return cluster;
}
