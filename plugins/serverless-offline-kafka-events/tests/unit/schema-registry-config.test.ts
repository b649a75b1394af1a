import { describe, expect, test } from 'vitest';
import { PROVISIONED, parse } from '../helpers/parsed-service.ts';

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
    [{ 'Fn::GetAtt': ['Registry', 'Arn'] }, 'glue'],
    [{ 'Fn::Sub': `arn:aws:glue:\${AWS::Region}:\${AWS::AccountId}:registry/shop` }, 'glue'],
    [{ 'Fn::Sub': [`https://\${host}`, { host: { Ref: 'Host' } }] }, 'confluent'],
  ])('may be the reference %j, which needs a stand-in locally', (schemaRegistryURI, kind) => {
    const event = withConfig({ ...valid, schemaRegistryURI });
    expect(parse(event, { use: 'deploy' })).toHaveLength(1);
    expect(() => parse(event)).toThrow('custom.kafkaEvents.schemaRegistryUrl must name a local stand-in for {"Fn::');
    const custom = { schemaRegistryUrl: 'http://127.0.0.1:4566' };
    expect(parse(event, { custom })[0]?.schemaRegistry).toMatchObject({ kind, url: custom.schemaRegistryUrl });
  });

  test('of a reference that does not say which registry it is deploys, and is refused locally by name', () => {
    const event = withConfig({ ...valid, schemaRegistryURI: { Ref: 'Registry' } });
    expect(parse(event, { use: 'deploy' })).toHaveLength(1);
    const custom = { schemaRegistryUrl: 'http://127.0.0.1:4566' };
    expect(() => parse(event, { custom })).toThrow(
      `${at}.schemaRegistryURI: {"Ref":"Registry"} cannot be resolved locally`,
    );
  });

  test.each([
    [at, { schemaRegistryConfig: valid }],
    [`${at}.schemaRegistryURI`, withConfig({ ...valid, schemaRegistryURI: 'registry:8081' })],
    [`${at}.schemaRegistryURI`, withConfig({ ...valid, schemaRegistryURI: { host: 'registry' } })],
    [`${at}.eventRecordFormat`, withConfig({ ...valid, eventRecordFormat: 'AVRO' })],
    [`${at}.schemaValidationConfigs`, withConfig({ ...valid, schemaValidationConfigs: [] })],
    [`${at}.schemaValidationConfigs`, withConfig({ ...valid, schemaValidationConfigs: [{ attribute: 'HEADERS' }] })],
    [`${at}.accessConfigs`, withConfig({ ...valid, accessConfigs: [{ type: 'TOKEN', uri: 'arn:x' }] })],
  ])('wrong is refused as %s', (property, event) => {
    expect(() => parse(event)).toThrow(`${property}: `);
  });
});
