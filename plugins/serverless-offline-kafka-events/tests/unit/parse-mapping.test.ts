import { describe, expect, test } from 'vitest';
import { parseMappings } from '../../src/config/parse-mappings.ts';
import { ConfigurationError, type FunctionDefinition, type ServiceModel } from '../../src/config/service.ts';
import { parseSettings } from '../../src/config/settings.ts';

const PROVISIONED = { provisionedPollerConfig: { minimumPollers: 1, maximumPollers: 3 } };

function service(definition: FunctionDefinition): ServiceModel {
  return {
    service: 'shop',
    provider: { region: 'eu-west-1' },
    getAllFunctions: () => ['consume'],
    getFunction: () => definition,
  };
}

function parse(
  event: object,
  { type = 'kafka', custom = {}, definition = {}, use = 'local' as 'local' | 'deploy' } = {},
) {
  const base =
    type === 'kafka' ? { bootstrapServers: ['b:9092'], topic: 'orders' } : { arn: 'arn:aws:kafka:x', topic: 'orders' };
  const events = [{ schedule: 'rate(1 minute)' }, { [type]: { ...base, ...event } }];
  return parseMappings({
    service: service({ ...definition, events }),
    settings: parseSettings(custom),
    stage: 'dev',
    use,
  });
}

test('an event gets AWS’s defaults', () => {
  expect(parse({})).toEqual([
    {
      functionKey: 'consume',
      functionName: 'shop-dev-consume',
      timeoutMs: 6_000,
      eventSource: 'SelfManagedKafka',
      cluster: '["b:9092"]',
      brokers: ['b:9092'],
      security: { ssl: false, sasl: null },
      topic: 'orders',
      groupId: 'shop-dev-consume-orders',
      batchSize: 100,
      windowMs: 500,
      enabled: true,
      startingPosition: 'TRIM_HORIZON',
      filter: null,
      isReportingBatchItemFailures: false,
      isBisecting: false,
      maximumRetryAttempts: Number.POSITIVE_INFINITY,
      maximumRecordAgeMs: Number.POSITIVE_INFINITY,
      destination: null,
      maximumInvocations: Number.POSITIVE_INFINITY,
      schemaRegistry: null,
      backoff: { initialMs: 1_000, maximumMs: 30_000 },
      awsOnly: [],
    },
  ]);
});

test.each([
  [{ maximumBatchingWindow: 0 }, { windowMs: 0 }],
  [{ maximumBatchingWindow: 300 }, { windowMs: 300_000 }],
  [{ startingPosition: 'AT_TIMESTAMP', startingPositionTimestamp: 17 }, { startingTimestampMs: 17_000 }],
  [{ consumerGroupId: 'mine' }, { groupId: 'mine' }],
  [
    { ...PROVISIONED, maximumRetryAttempts: 0 },
    { maximumRetryAttempts: 0, maximumInvocations: 15 },
  ],
  [{ ...PROVISIONED, maximumRetryAttempts: -1, onFailureDestination: 'kafka://letters' }, { maximumRetryAttempts: 10 }],
  [
    { onFailureDestination: 'arn:aws:sqs:x' },
    { maximumRetryAttempts: 10, destination: { kind: 'arn', arn: 'arn:aws:sqs:x' } },
  ],
  [{ ...PROVISIONED, onFailureDestination: 'kafka://letters' }, { destination: { kind: 'kafka', topic: 'letters' } }],
  [{ ...PROVISIONED, maximumRecordAgeInSeconds: 60 }, { maximumRecordAgeMs: 60_000 }],
  [{ ...PROVISIONED, functionResponseType: 'ReportBatchItemFailures' }, { isReportingBatchItemFailures: true }],
  [
    { provisionedPollers: { min: 1, max: 2, group: 'shared' }, maximumRetryAttempts: 1 },
    { maximumRetryAttempts: 1, maximumInvocations: 10 },
  ],
  [{ consumptionMode: 'Queue', tags: { a: 'b' } }, { awsOnly: ['consumptionMode', 'tags'] }],
  [{ consumptionMode: 'Stream', startingPosition: 'LATEST' }, { awsOnly: [] }],
  [{ maximumRetryAttempts: -1, maximumRecordAgeInSeconds: -1, bisectBatchOnFunctionError: false }, {}],
])('%j', (event, expected) => {
  expect(parse(event)[0]).toMatchObject(expected);
});

test('brokers of custom.kafkaEvents override those of the event, as a list or comma-joined', () => {
  expect(parse({}, { custom: { brokers: 'a:1, b:2' } })[0]?.brokers).toEqual(['a:1', 'b:2']);
  expect(parse({}, { custom: { brokers: ['a:1', 'b:2,c:3'] } })[0]?.brokers).toEqual(['a:1', 'b:2', 'c:3']);
  expect(parse({ bootstrapServers: ['a:1,b:2'] })[0]?.brokers).toEqual(['a:1', 'b:2']);
});

describe('an MSK event', () => {
  test('needs brokers that stand in for the cluster, locally only', () => {
    expect(() => parse({}, { type: 'msk' })).toThrow(/custom\.kafkaEvents\.brokers/);
    expect(parse({}, { type: 'msk', use: 'deploy' })).toHaveLength(1);
    expect(parse({}, { type: 'msk', custom: { brokers: 'a:1' } })[0]).toMatchObject({
      eventSource: 'aws:kafka',
      eventSourceArn: 'arn:aws:kafka:x',
    });
  });

  test('may name its cluster by a reference', () => {
    const [mapping] = parse({ arn: { Ref: 'Cluster' } }, { type: 'msk', custom: { brokers: 'a:1' } });
    expect(mapping?.eventSourceArn).toMatch(/^arn:aws:kafka:eu-west-1:\d+:cluster\/Cluster\//);
  });
});

test.each([
  ['maximumRetryAttempts', { maximumRetryAttempts: 3 }],
  ['maximumRecordAgeInSeconds', { maximumRecordAgeInSeconds: 60 }],
  ['bisectBatchOnFunctionError', { bisectBatchOnFunctionError: true }],
  ['functionResponseType', { functionResponseType: 'ReportBatchItemFailures' }],
  ['onFailureDestination', { onFailureDestination: 'kafka://letters' }],
  ['onFailureDestination', { ...PROVISIONED, onFailureDestination: 'kafka://orders' }],
  ['onFailureDestination', { onFailureDestination: 'letters' }],
  ['onFailureDestination', { ...PROVISIONED, onFailureDestination: 'kafka://' }],
  ['maximumRetryAttempts', { ...PROVISIONED, maximumRetryAttempts: 10_001 }],
  ['maximumRecordAgeInSeconds', { ...PROVISIONED, maximumRecordAgeInSeconds: 59 }],
  ['provisionedPollerConfig', { provisionedPollerConfig: { minimumPollers: 3, maximumPollers: 2 } }],
  ['provisionedPollers', { provisionedPollers: { min: 3, max: 2 } }],
  ['provisionedPollers', { ...PROVISIONED, provisionedPollers: { max: 2 } }],
  ['provisionedPollers.max', { provisionedPollers: { max: 2_001 } }],
  ['provisionedPollerConfig.minimumPollers', { provisionedPollerConfig: { minimumPollers: 0 } }],
  ['provisionedPollers.group', { provisionedPollers: { group: 'a b' } }],
  ['startingPositionTimestamp', { startingPosition: 'AT_TIMESTAMP', startingPositionTimestamp: 4_102_444_800 }],
  ['startingPosition', { consumptionMode: 'Queue', startingPosition: 'LATEST' }],
  ['metricsConfig', { metricsConfig: { metrics: ['EventCount'] } }],
  ['batchSize', { batchSize: 10_001 }],
  ['batchSize', { batchSize: 0 }],
  ['maximumBatchingWindow', { maximumBatchingWindow: 301 }],
  ['startingPosition', { startingPosition: 'EARLIEST' }],
  ['startingPositionTimestamp', { startingPosition: 'AT_TIMESTAMP' }],
  ['consumerGroupId', { consumerGroupId: 'x'.repeat(201) }],
  ['filterPatterns', { filterPatterns: [{ key: ['x'] }] }],
  ['filterPatterns', { filterPatterns: Array.from({ length: 11 }, () => ({ value: { a: [1] } })) }],
  ['topic', { topic: '' }],
])('a wrong %s is rejected by name', (property, event) => {
  expect(() => parse(event)).toThrow(ConfigurationError);
  expect(() => parse(event)).toThrow(`functions.consume.events.kafka.${property}: `);
});

describe('a stand-in for destinations that is the mapping’s own topic', () => {
  const toQueue = { onFailureDestination: 'arn:aws:sqs:x' };
  const own = { custom: { brokers: 'a:1', onFailureTopic: 'orders' } };

  test.each(['kafka', 'msk'])('is rejected by name where a failed record of a %s event would go there', (type) => {
    expect(() => parse(toQueue, { ...own, type })).toThrow(ConfigurationError);
    expect(() => parse(toQueue, { ...own, type })).toThrow(
      `custom.kafkaEvents.onFailureTopic: orders is the topic that functions.consume.events.${type} reads`,
    );
  });

  test('may be read by a mapping that sends nothing there, and does not affect a deploy', () => {
    expect(parse({}, own)).toHaveLength(1);
    expect(parse(toQueue, { ...own, use: 'deploy' })).toHaveLength(1);
  });
});

test('a timeout over 14 minutes is rejected', () => {
  expect(() => parse({}, { definition: { timeout: 841 } })).toThrow('functions.consume.timeout');
  expect(parse({}, { definition: { timeout: 840 } })).toHaveLength(1);
});

describe('custom.kafkaEvents', () => {
  test('takes numbers as a variable of the environment holds them', () => {
    expect(parseSettings({ metricsPort: '9404', retryBackoff: { initialMs: '5' } })).toMatchObject({
      metricsPort: 9_404,
      backoff: { initialMs: 5, maximumMs: 30_000 },
    });
    expect(parseSettings(undefined)).toMatchObject({ metricsPort: null, logLevel: 'info' });
  });

  test('takes the options of node:tls, and the login of kafkajs', () => {
    const secured = { ssl: { rejectUnauthorized: false }, sasl: { mechanism: 'plain', username: 'u', password: 'p' } };
    expect(parseSettings(secured)).toMatchObject(secured);
  });

  test.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    ['', false],
    [undefined, false],
  ])('ssl %j means %j', (ssl, expected) => {
    expect(parseSettings({ ssl })).toMatchObject({ ssl: expected });
  });

  test.each([
    [{ mechanism: 'AWS-MSK-IAM' }, { mechanism: 'aws-msk-iam', region: 'eu-west-1' }],
    [
      { mechanism: 'aws-msk-iam', region: 'us-east-2' },
      { mechanism: 'aws-msk-iam', region: 'us-east-2' },
    ],
    [
      { mechanism: 'oauthbearer', tokenUrl: 'http://x', clientId: 'c', clientSecret: 's' },
      {
        mechanism: 'oauthbearer',
        source: { kind: 'client-credentials', url: 'http://x', clientId: 'c', clientSecret: 's', scope: undefined },
      },
    ],
    [
      { mechanism: 'oauthbearer', tokenProvider: './token.mjs' },
      { mechanism: 'oauthbearer', source: { kind: 'module', path: './token.mjs' } },
    ],
  ])('sasl %j', (sasl, expected) => {
    expect(parseSettings({ sasl }, 'eu-west-1').sasl).toEqual(expected);
  });

  test.each([
    ['brokers', { brokers: [] }],
    ['brokers', { brokers: 'localhost' }],
    ['brokers', { brokers: [5] }],
    ['ssl', { ssl: 'yes' }],
    ['sasl', { sasl: 'plain' }],
    ['sasl.password', { sasl: { mechanism: 'plain', username: 'u' } }],
    ['sasl.tokenUrl', { sasl: { mechanism: 'oauthbearer' } }],
    ['secrets', { secrets: [] }],
    ['secrets.arn:x', { secrets: { 'arn:x': 'text' } }],
    ['schemaRegistryUrl', { schemaRegistryUrl: 'localhost:8081' }],
    ['createTopics', { createTopics: 'always' }],
    ['createTopics.partitions', { createTopics: { partitions: 0 } }],
    ['logFormat', { logFormat: 'xml' }],
    ['metricsPort', { metricsPort: 'x' }],
    ['logLevel', { logLevel: 'loud' }],
    ['retryBackoff', { retryBackoff: 5 }],
    ['onFailureTopic', { onFailureTopic: '' }],
    ['onFailureTopic', { onFailureTopic: 'kafka://' }],
    ['onFailureTopic', { onFailureTopic: 'a b' }],
    ['maximumConcurrency', { maximumConcurrency: 0 }],
    ['brokr', { brokr: 'x:1' }],
  ])('a wrong %s is rejected by name', (property, custom) => {
    expect(() => parseSettings(custom)).toThrow(`custom.kafkaEvents.${property}`);
  });
});

describe('secrets', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:1:secret:kafka';
  const secrets = { [arn]: { username: 'u', password: 'p', certificate: 'PEM', privateKey: 'KEY' } };

  test.each([
    ['saslPlainAuth', 'plain'],
    ['saslScram256Auth', 'scram-sha-256'],
    ['saslScram512Auth', 'scram-sha-512'],
  ])('of %s log in with %s where a stand-in is configured', (property, mechanism) => {
    const event = { accessConfigurations: { [property]: [arn] } };
    const security = { ssl: false, sasl: { mechanism, username: 'u', password: 'p' } };
    expect(parse(event, { custom: { secrets } })[0]?.security).toEqual(security);
    expect(parse(event)[0]?.security).toEqual({ ssl: false, sasl: null });
  });

  test('of an MSK event log in with SCRAM', () => {
    const custom = { secrets, brokers: 'a:1' };
    const [mapping] = parse({ saslScram512: arn }, { type: 'msk', custom });
    expect(mapping?.security.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'u', password: 'p' });
  });

  test('hold certificates', () => {
    const accessConfigurations = { serverRootCaCertificate: [arn], clientCertificateTlsAuth: [arn] };
    expect(parse({ accessConfigurations }, { custom: { secrets } })[0]?.security.ssl).toEqual({
      ca: 'PEM',
      cert: 'PEM',
      key: 'KEY',
    });
  });

  test('without what is needed are refused by name', () => {
    const custom = { secrets: { [arn]: { username: 'u' } } };
    expect(() => parse({ accessConfigurations: { saslPlainAuth: [arn] } }, { custom })).toThrow(
      'functions.consume.events.kafka.saslPlainAuth: its secret in custom.kafkaEvents.secrets has no password',
    );
  });
});

describe('events that cannot be told apart', () => {
  const kafka = (parts: object) => ({ kafka: { bootstrapServers: ['b:9092'], topic: 'orders', ...parts } });

  function parseAll(functions: Record<string, object[]>) {
    const model: ServiceModel = {
      service: 'shop',
      provider: {},
      getAllFunctions: () => Object.keys(functions),
      getFunction: (key) => ({ events: (functions[key] ?? []) as Record<string, unknown>[] }),
    };
    return parseMappings({ service: model, settings: parseSettings({}), stage: 'dev', use: 'local' });
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
    expect(parseAll({ a: [kafka({ consumerGroupId: 'x' })], b: [kafka({}), elsewhere] })).toHaveLength(3);
  });
});

describe('what cannot run locally', () => {
  const settings = parseSettings({});
  const parseOne = (
    definition: FunctionDefinition,
    { use = 'local' as 'local' | 'deploy', isUsingDocker = false } = {},
  ) => {
    const events = [{ kafka: { bootstrapServers: ['b:9092'], topic: 'orders' } }];
    const input = { service: service({ events, ...definition }), settings, stage: 'dev', use, isUsingDocker };
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

describe('schemaRegistryConfig', () => {
  const valid = {
    schemaRegistryURI: 'https://registry.example.com',
    eventRecordFormat: 'JSON',
    schemaValidationConfigs: [{ attribute: 'VALUE' }],
  };
  const at = 'functions.consume.events.kafka.schemaRegistryConfig';
  const withConfig = (schemaRegistryConfig: object) => ({ ...PROVISIONED, schemaRegistryConfig });

  test('names the registry, what it validates, and how records arrive', () => {
    expect(parse(withConfig(valid))[0]?.schemaRegistry).toEqual({
      kind: 'confluent',
      url: 'https://registry.example.com',
      region: '',
      format: 'JSON',
      attributes: new Set(['VALUE']),
      login: null,
      tls: {},
    });
  });

  test('logs in with stand-ins for its secrets', () => {
    const custom = {
      secrets: { 'arn:login': { username: 'u', password: 'p' }, 'arn:root': { certificate: 'PEM' } },
      schemaRegistryUrl: 'http://127.0.0.1:8081',
    };
    const accessConfigs = [
      { type: 'BASIC_AUTH', uri: 'arn:login' },
      { type: 'SERVER_ROOT_CA_CERTIFICATE', uri: 'arn:root' },
    ];
    expect(parse(withConfig({ ...valid, accessConfigs }), { custom })[0]?.schemaRegistry).toMatchObject({
      url: 'http://127.0.0.1:8081',
      login: { username: 'u', password: 'p' },
      tls: { ca: 'PEM' },
    });
  });

  test('needs a stand-in for Glue, locally only', () => {
    const schemaRegistryURI = 'arn:aws:glue:eu-west-1:111111111111:registry/shop';
    const event = withConfig({ ...valid, schemaRegistryURI });
    expect(() => parse(event)).toThrow('custom.kafkaEvents.schemaRegistryUrl');
    expect(parse(event, { use: 'deploy' })).toHaveLength(1);
    const custom = { schemaRegistryUrl: 'http://127.0.0.1:4566' };
    expect(parse(event, { custom })[0]?.schemaRegistry).toMatchObject({ kind: 'glue', region: 'eu-west-1' });
  });

  test.each([
    [at, { schemaRegistryConfig: valid }],
    [`${at}.schemaRegistryURI`, withConfig({ ...valid, schemaRegistryURI: 'registry:8081' })],
    [`${at}.eventRecordFormat`, withConfig({ ...valid, eventRecordFormat: 'AVRO' })],
    [`${at}.schemaValidationConfigs`, withConfig({ ...valid, schemaValidationConfigs: [] })],
    [`${at}.schemaValidationConfigs`, withConfig({ ...valid, schemaValidationConfigs: [{ attribute: 'HEADERS' }] })],
    [`${at}.accessConfigs`, withConfig({ ...valid, accessConfigs: [{ type: 'TOKEN', uri: 'arn:x' }] })],
  ])('wrong is refused as %s', (property, event) => {
    expect(() => parse(event)).toThrow(`${property}: `);
  });
});
