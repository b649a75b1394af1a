import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/config/settings.ts';
import { parse } from '../helpers/parsed-service.ts';

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

  test.each([
    [true, { ca: 'PEM' }],
    ['true', { ca: 'PEM' }],
    [{ servername: 'kafka' }, { ca: 'PEM', servername: 'kafka' }],
    [{ ca: 'OTHER' }, { ca: 'OTHER' }],
    [false, { ca: 'PEM' }],
  ])('are kept with ssl %j', (ssl, expected) => {
    const event = { accessConfigurations: { serverRootCaCertificate: [arn] } };
    expect(parse(event, { custom: { secrets, ssl } })[0]?.security.ssl).toEqual(expected);
  });

  test('without what is needed are refused by name', () => {
    const custom = { secrets: { [arn]: { username: 'u' } } };
    expect(() => parse({ accessConfigurations: { saslPlainAuth: [arn] } }, { custom })).toThrow(
      'functions.consume.events.kafka.saslPlainAuth: its secret in custom.kafkaEvents.secrets has no password',
    );
  });
});
