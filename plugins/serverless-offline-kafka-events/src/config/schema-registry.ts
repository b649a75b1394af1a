import { isObject } from '../support/value.ts';
import type { Secrets } from './security.ts';
import type { Settings } from './settings.ts';

export type SchemaAttribute = 'KEY' | 'VALUE';

/** `schemaRegistryConfig` of one event. */
export interface SchemaRegistryConfig {
  readonly kind: 'confluent' | 'glue';
  /** Where the registry, or the local stand-in for it, answers. */
  readonly url: string;
  readonly region: string;
  /** JSON: a validated attribute arrives as JSON; SOURCE: as it was produced, without the registry's prefix. */
  readonly format: 'JSON' | 'SOURCE';
  readonly attributes: ReadonlySet<SchemaAttribute>;
  readonly login: { readonly username: string; readonly password: string } | null;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly passphrase?: string };
}

type Fail = (property: string, problem: string) => never;

/** Of AWS and Serverless Framework: `schemaRegistryURI` is CloudFormation's spelling, `schemaRegistryUri` the CDK's. */
export function parseSchemaRegistry(
  value: unknown,
  settings: Pick<Settings, 'schemaRegistryUrl' | 'secrets'>,
  use: 'local' | 'deploy',
  fail: Fail,
): SchemaRegistryConfig | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) return fail('schemaRegistryConfig', 'must be an object');
  const at = 'schemaRegistryConfig';
  const uri = value.schemaRegistryURI ?? value.schemaRegistryUri;
  if (typeof uri !== 'string' || !/^(https?:\/\/|arn:[^:]+:glue:)/.test(uri))
    return fail(`${at}.schemaRegistryURI`, 'must be an http(s) URL or the ARN of a Glue registry');
  const format = value.eventRecordFormat;
  if (format !== 'JSON' && format !== 'SOURCE') return fail(`${at}.eventRecordFormat`, 'must be JSON or SOURCE');
  const isGlue = uri.startsWith('arn:');
  if (isGlue && use === 'local' && settings.schemaRegistryUrl === null)
    fail(`${at}.schemaRegistryURI`, 'custom.kafkaEvents.schemaRegistryUrl must name a local stand-in for Glue');
  return {
    kind: isGlue ? 'glue' : 'confluent',
    url: settings.schemaRegistryUrl ?? uri,
    region: isGlue ? (uri.split(':')[3] ?? '') : '',
    format,
    attributes: parseAttributes(value.schemaValidationConfigs, fail),
    ...parseAccess(value.accessConfigs, settings.secrets, use, fail),
  };
}

function parseAttributes(value: unknown, fail: Fail): ReadonlySet<SchemaAttribute> {
  const property = 'schemaRegistryConfig.schemaValidationConfigs';
  if (!Array.isArray(value) || value.length === 0)
    return fail(property, 'must list the attributes KEY, VALUE, or both');
  return new Set(
    value.map((one: unknown): SchemaAttribute => {
      const attribute = isObject(one) ? one.attribute : undefined;
      if (attribute === 'KEY' || attribute === 'VALUE') return attribute;
      return fail(property, 'each must be {attribute: KEY} or {attribute: VALUE}');
    }),
  );
}

function parseAccess(
  value: unknown,
  secrets: Secrets,
  use: 'local' | 'deploy',
  fail: Fail,
): Pick<SchemaRegistryConfig, 'login' | 'tls'> {
  const property = 'schemaRegistryConfig.accessConfigs';
  if (value === undefined || value === null) return { login: null, tls: {} };
  if (!Array.isArray(value)) return fail(property, 'must be a list of {type, uri}');
  let login: SchemaRegistryConfig['login'] = null;
  let tls: SchemaRegistryConfig['tls'] = {};
  for (const one of value) {
    const { type, uri } = isObject(one) ? one : {};
    if (typeof type !== 'string' || typeof uri !== 'string') return fail(property, 'each must be {type, uri}');
    const secret = secrets.get(uri);
    const text = (name: string): string => {
      const found = secret?.[name];
      return typeof found === 'string' ? found : fail(property, `custom.kafkaEvents.secrets has no ${name} for ${uri}`);
    };
    if (type !== 'BASIC_AUTH' && type !== 'SERVER_ROOT_CA_CERTIFICATE' && type !== 'CLIENT_CERTIFICATE_TLS_AUTH')
      fail(property, `${type} is none of BASIC_AUTH, CLIENT_CERTIFICATE_TLS_AUTH and SERVER_ROOT_CA_CERTIFICATE`);
    // Without a stand-in for the secret the registry is asked without a login.
    if (use === 'deploy' || secret === undefined) continue;
    if (type === 'BASIC_AUTH') login = { username: text('username'), password: text('password') };
    else if (type === 'SERVER_ROOT_CA_CERTIFICATE') tls = { ...tls, ca: text('certificate') };
    else {
      const passphrase = secret.privateKeyPassword;
      tls = { ...tls, cert: text('certificate'), key: text('privateKey') };
      if (typeof passphrase === 'string') tls = { ...tls, passphrase };
    }
  }
  return { login, tls };
}
