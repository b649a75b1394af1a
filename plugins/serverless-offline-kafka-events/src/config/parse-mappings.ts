import { ConfigurationError } from './config-error.ts';
import type { Mapping } from './mapping.ts';
import { type MappingUse, parseMapping } from './parse-mapping.ts';
import type { ServiceModel } from './service.ts';
import type { Settings } from './settings.ts';
import { isObject } from './value.ts';

/**
 * Every `kafka:` and `msk:` event of the service.
 * @throws ConfigurationError that lists every mistake
 */
export function parseMappings(service: ServiceModel, settings: Settings, stage: string, use: MappingUse): Mapping[] {
  const mistakes: string[] = [];
  const mappings: Mapping[] = [];
  for (const functionKey of service.getAllFunctions()) {
    const definition = service.getFunction(functionKey);
    for (const event of definition.events ?? []) {
      const type = isObject(event.kafka) ? 'kafka' : isObject(event.msk) ? 'msk' : null;
      if (type === null) continue;
      try {
        mappings.push(
          parseMapping({ service, settings, stage, use, functionKey, definition, type, event: event[type] }),
        );
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        mistakes.push(error.message);
      }
    }
  }
  if (mistakes.length > 0) throw new ConfigurationError(mistakes.join('\n'));
  return mappings;
}
