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

test('what the framework lacks is added', () => {
  const { handler, defined } = aHandler({ onFailureDestination: {} });
  extendEventSchema(handler);
  expect(defined).toEqual({
    kafka: ['functionResponseType', 'maximumRetryAttempts', 'maximumRecordAgeInSeconds', 'bisectBatchOnFunctionError'],
    msk: [
      'functionResponseType',
      'maximumRetryAttempts',
      'maximumRecordAgeInSeconds',
      'bisectBatchOnFunctionError',
      'onFailureDestination',
    ],
    custom: ['kafkaEvents'],
  });
});

test('what the framework has grown itself is left alone', () => {
  const { handler, defined } = aHandler(
    {
      functionResponseType: {},
      maximumRetryAttempts: {},
      maximumRecordAgeInSeconds: {},
      bisectBatchOnFunctionError: {},
      onFailureDestination: {},
    },
    { kafkaEvents: {} },
  );
  extendEventSchema(handler);
  expect(Object.keys(defined)).toEqual(['msk']);
});

test('another provider is left alone', () => {
  const { handler } = aHandler({});
  expect(() => extendEventSchema({ ...handler, schema: {} })).not.toThrow();
});
