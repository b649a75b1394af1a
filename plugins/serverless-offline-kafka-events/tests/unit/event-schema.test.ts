import { expect, test } from 'vitest';
import { extendEventSchema } from '../../src/offline/event-schema.ts';

function aHandler(kafka: object, custom: object = {}) {
  const defined: Record<string, string[]> = {};
  const event = (name: string, properties: object) => ({ properties: { [name]: { properties } } });
  return {
    defined,
    handler: {
      schema: {
        properties: {
          custom: { properties: custom },
          functions: {
            patternProperties: {
              '^x$': { properties: { events: { items: { anyOf: [event('kafka', kafka), event('msk', {})] } } } },
            },
          },
        },
      },
      defineFunctionEventProperties(
        _provider: string,
        name: string,
        { properties }: { properties: Record<string, unknown> },
      ) {
        defined[name] = Object.keys(properties);
      },
      defineCustomProperties({ properties }: { properties: Record<string, unknown> }) {
        defined.custom = Object.keys(properties);
      },
    },
  };
}

const OURS = [
  'functionResponseType',
  'maximumRetryAttempts',
  'maximumRecordAgeInSeconds',
  'bisectBatchOnFunctionError',
  'onFailureDestination',
  'provisionedPollerConfig',
  'provisionedPollers',
  'schemaRegistryConfig',
  'metricsConfig',
  'loggingConfig',
  'consumptionMode',
  'kmsKeyArn',
  'tags',
];

test('missing properties are added', () => {
  const { handler, defined } = aHandler({ onFailureDestination: {}, provisionedPollerConfig: {} });
  extendEventSchema(handler);
  expect(defined).toEqual({
    kafka: OURS.filter((name) => name !== 'onFailureDestination' && name !== 'provisionedPollerConfig'),
    msk: OURS,
    custom: ['kafkaEvents'],
  });
});

test('properties that the framework knows are left alone', () => {
  const { handler, defined } = aHandler(Object.fromEntries(OURS.map((name) => [name, {}])), { kafkaEvents: {} });
  extendEventSchema(handler);
  expect(Object.keys(defined)).toEqual(['msk']);
});

test('another provider is left alone', () => {
  const { handler } = aHandler({});
  expect(() => extendEventSchema({ ...handler, schema: {} })).not.toThrow();
});
