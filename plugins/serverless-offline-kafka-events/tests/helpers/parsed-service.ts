import { type Mapping, type MappingUse, parseMappings } from '../../src/config/mappings.ts';
import type { FunctionDefinition, ServiceModel } from '../../src/config/service.ts';
import { parseSettings } from '../../src/config/settings.ts';

export const PROVISIONED = { provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 3 } };

/** A service with these functions. */
export function aService(functions: Readonly<Record<string, FunctionDefinition>>): ServiceModel {
  return {
    service: 'shop',
    provider: { region: 'eu-west-1' },
    getAllFunctions: () => Object.keys(functions),
    getFunction: (key) => functions[key] ?? {},
  };
}

interface ParseOptions {
  readonly type?: string;
  readonly custom?: object;
  readonly definition?: FunctionDefinition;
  readonly use?: MappingUse;
}

/** The mappings of a function `consume` with one event that reads the topic `orders`. */
export function parse(
  event: object,
  { type = 'kafka', custom = {}, definition = {}, use = 'local' }: ParseOptions = {},
): Mapping[] {
  const base =
    type === 'kafka' ? { bootstrapServers: ['b:9092'], topic: 'orders' } : { arn: 'arn:aws:kafka:x', topic: 'orders' };
  const events = [{ schedule: 'rate(1 minute)' }, { [type]: { ...base, ...event } }];
  const service = aService({ consume: { ...definition, events } });
  return parseMappings({ service, settings: parseSettings(custom), stage: 'dev', use });
}
