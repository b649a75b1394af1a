import { describe, expect, test } from 'vitest';
import { type MappingUse, parseMappings } from '../../src/config/mappings.ts';
import type { FunctionDefinition } from '../../src/config/service.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { aService, NAMING, NAMING_OF_SERVERLESS_4 } from '../helpers/parsed-service.ts';

describe('events that cannot be told apart', () => {
  const kafka = (parts: object) => ({ kafka: { bootstrapServers: ['b:9092'], topic: 'orders', ...parts } });
  const msk = (parts: object) => ({ msk: { arn: 'arn:aws:kafka:x:1:cluster/a/1', topic: 'orders', ...parts } });

  function parseAll(
    events: Record<string, Record<string, unknown>[]>,
    custom: object = {},
    use: MappingUse = 'local',
    naming = NAMING,
  ) {
    const functions = Object.entries(events).map(([key, list]) => [key, { events: list }]);
    const service = aService(Object.fromEntries(functions));
    return parseMappings({ service, settings: parseSettings(custom), stage: 'dev', use, naming });
  }

  test('are refused where one resource of the template would stand for both', () => {
    const message = 'functions.a.events: topics orders and orders get one resource in the template';
    expect(() => parseAll({ a: [kafka({ consumerGroupId: 'x' }), kafka({ consumerGroupId: 'y' })] })).toThrow(message);
    expect(() => parseAll({ a: [kafka({}), kafka({ topic: 'or-ders' })] })).toThrow('topics orders and or-ders');
  });

  test('are refused where both would share one group', () => {
    const events = { a: [kafka({ consumerGroupId: 'x' })], b: [kafka({ consumerGroupId: 'x' })] };
    expect(() => parseAll(events)).toThrow('functions.b.events: consumerGroupId x is also that of functions.a');
  });

  test('may differ in cluster, function or group', () => {
    const elsewhere = kafka({ bootstrapServers: ['c:9092'], consumerGroupId: 'x' });
    expect(parseAll({ a: [kafka({ consumerGroupId: 'x' })], b: [kafka({})], c: [elsewhere] })).toHaveLength(3);
  });

  test('are refused where only the cluster differs, which the resource of a kafka event does not name', () => {
    const elsewhere = kafka({ bootstrapServers: ['c:9092'] });
    const message = 'functions.a.events: topics orders and orders get one resource in the template';
    expect(() => parseAll({ a: [kafka({}), elsewhere] }, {}, 'deploy')).toThrow(message);
    expect(parseAll({ a: [kafka({}), msk({})] }, {}, 'deploy')).toHaveLength(2);
  });

  test('may be of one function and topic where the framework names both resources, as Serverless 4 does', () => {
    const events = { a: [kafka({ consumerGroupId: 'x' }), kafka({ consumerGroupId: 'y' })] };
    expect(parseAll(events, {}, 'deploy', NAMING_OF_SERVERLESS_4)).toHaveLength(2);
  });

  test('are refused where one local broker stands in for two clusters that use one group', () => {
    const custom = { brokers: 'a:1' };
    const message = 'functions.b.events: consumerGroupId x is also that of functions.a';
    const events = { a: [kafka({ consumerGroupId: 'x' })], b: [msk({ consumerGroupId: 'x' })] };
    expect(() => parseAll(events, custom)).toThrow(message);
    expect(parseAll(events, custom, 'deploy')).toHaveLength(2);
    expect(() => parseAll({ a: [kafka({}), msk({})] }, custom)).toThrow('consumerGroupId shop-dev-a-orders');
  });

  test('are not refused locally where one of them is not enabled', () => {
    const off = kafka({ consumerGroupId: 'x', enabled: false, bootstrapServers: ['c:9092'] });
    expect(parseAll({ a: [kafka({ consumerGroupId: 'x' })], b: [off] }, { brokers: 'a:1' })).toHaveLength(2);
  });
});

describe('what cannot run locally', () => {
  const settings = parseSettings({});
  const parseOne = (
    definition: FunctionDefinition,
    { use = 'local' as 'local' | 'deploy', isUsingDocker = false } = {},
  ) => {
    const events = [{ kafka: { bootstrapServers: ['b:9092'], topic: 'orders' } }];
    const input = {
      service: aService({ consume: { events, ...definition } }),
      settings,
      stage: 'dev',
      use,
      naming: NAMING,
      isUsingDocker,
    };
    return parseMappings(input);
  };

  test.each([
    ['python3.13', { runtime: 'python3.13' }, 'functions.consume.runtime: python3.13 is not supported'],
    ['go', { runtime: 'provided.al2023' }, 'functions.consume.runtime: provided.al2023 is not supported'],
    ['a container image', { image: 'repository/image' }, 'functions.consume.image: '],
  ])('is refused by name: %s', (_name, definition, message) => {
    expect(() => parseOne(definition)).toThrow(message);
    expect(parseOne(definition, { use: 'deploy' })).toHaveLength(1);
  });

  test('includes useDocker', () => {
    expect(() => parseOne({ runtime: 'nodejs22.x' }, { isUsingDocker: true })).toThrow('useDocker is not supported');
  });

  test('may stay in the service where its event is not enabled', () => {
    const events = [{ kafka: { bootstrapServers: ['b:9092'], topic: 'orders', enabled: false } }];
    expect(parseOne({ runtime: 'python3.13', events })).toHaveLength(1);
  });
});
