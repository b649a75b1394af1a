import { type Mapping, type MappingUse, parseMappings } from '../../src/config/mappings.ts';
import type { FunctionDefinition, Naming, ServiceModel } from '../../src/config/service.ts';
import { parseSettings } from '../../src/config/settings.ts';

export const PROVISIONED = { provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 3 } };

const letters = (name: string) => name.replaceAll(/[^A-Za-z0-9]/g, '');

/** Names resources as osls does. */
export const NAMING: Naming = {
  getKafkaEventLogicalId: (functionKey, topic) => `${functionKey}Kafka${letters(topic)}`,
  getMSKEventLogicalId: (functionKey, cluster, topic) => `${functionKey}MSK${letters(cluster)}${letters(topic)}`,
};

/** Names resources as Serverless 4 does. */
export const NAMING_OF_SERVERLESS_4: Naming = {
  ...NAMING,
  getKafkaEventLogicalId: (functionKey, topic, groupId, brokers) =>
    `${functionKey}Kafka${letters(topic)}${brokers === undefined ? '' : letters(JSON.stringify([groupId, brokers]))}`,
};

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
  return parseMappings({ service, settings: parseSettings(custom), stage: 'dev', use, naming: NAMING });
}
