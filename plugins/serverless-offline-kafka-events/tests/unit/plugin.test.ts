import { expect, test } from 'vitest';
import KafkaEventsPlugin from '../../src/offline/plugin.ts';
import { aService } from '../helpers/parsed-service.ts';

const CHECK = 'before:offline:start:init';

/** The plugin in a framework with one function, which reads `orders`. */
function aPlugin(event: object, custom: Record<string, unknown> = {}) {
  const events = [{ kafka: { bootstrapServers: ['b:9092'], topic: 'orders', ...event } }];
  const framework = {
    service: { ...aService({ consume: { handler: 'handler.consume', events } }), custom },
    configSchemaHandler: { schema: {}, defineFunctionEventProperties() {}, defineCustomProperties() {} },
    pluginManager: { plugins: [] },
    classes: { Error },
    getProvider: () => undefined,
  };
  const log = { debug() {}, info() {}, notice() {}, warning() {}, error() {} };
  return new KafkaEventsPlugin(framework, {}, { log });
}

test.each([true, 'true'])('useDocker %j is refused at the start', (useDocker) => {
  const plugin = aPlugin({}, { 'serverless-offline': { useDocker } });
  expect(() => plugin.hooks[CHECK]?.()).toThrow('useDocker is not supported');
});
