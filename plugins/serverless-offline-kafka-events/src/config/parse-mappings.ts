import { isObject } from '../support/value.ts';
import type { Mapping } from './mapping.ts';
import { type MappingUse, parseMapping } from './parse-mapping.ts';
import { ConfigurationError, type ServiceModel } from './service.ts';
import { findDuplicates, findUnsupportedRuntime } from './service-checks.ts';
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
