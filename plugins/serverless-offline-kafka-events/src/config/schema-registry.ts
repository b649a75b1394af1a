import { isObject } from '../support/value.ts';
import type { Secrets } from './security.ts';
import { isReference } from './service.ts';
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

/** Which registry a URI names; null where its text is known to a deploy only. */
export function registryKindOf(uri: unknown): SchemaRegistryConfig['kind'] | null {
  if (isReference(uri)) {
    // Confluent's registries are no resources of a template.
    if ('Fn::GetAtt' in uri) return 'glue';
    const template: unknown = uri['Fn::Sub'];
    return registryKindOf(Array.isArray(template) ? template[0] : template);
  }
  if (typeof uri !== 'string') return null;
  if (/^https?:\/\//.test(uri)) return 'confluent';
  return /^arn:[^:]+:glue:/.test(uri) ? 'glue' : null;
}

interface ParsedWith {
  readonly settings: Pick<Settings, 'schemaRegistryUrl' | 'secrets'>;
  readonly use: 'local' | 'deploy';
  /** Of the service. */
  readonly region: string;
}

/** Of AWS and Serverless Framework: `schemaRegistryURI` is CloudFormation's spelling, `schemaRegistryUri` the CDK's. */
export function parseSchemaRegistry(
  value: unknown,
  { settings, use, region }: ParsedWith,
  fail: Fail,
): SchemaRegistryConfig | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) return fail('schemaRegistryConfig', 'must be an object');
  const at = 'schemaRegistryConfig';
  const uri = value.schemaRegistryURI ?? value.schemaRegistryUri;
  const kind = registryKindOf(uri);
  if (kind === null && !isReference(uri))
    return fail(`${at}.schemaRegistryURI`, 'must be an http(s) URL or the ARN of a Glue registry');
  const format = value.eventRecordFormat;
  if (format !== 'JSON' && format !== 'SOURCE') return fail(`${at}.eventRecordFormat`, 'must be JSON or SOURCE');
  if (use === 'local') {
    if (kind === null)
      fail(
        `${at}.schemaRegistryURI`,
        `${JSON.stringify(uri)} cannot be resolved locally. Use a URL, the ARN of a Glue registry, Fn::Sub of one of them, or Fn::GetAtt of a Glue registry.`,
      );
    if (settings.schemaRegistryUrl === null && (kind === 'glue' || isReference(uri)))
      fail(
        `${at}.schemaRegistryURI`,
        `custom.kafkaEvents.schemaRegistryUrl must name a local stand-in for ${isReference(uri) ? JSON.stringify(uri) : 'Glue'}`,
      );
  }
  const regionOfGlue = typeof uri === 'string' ? (uri.split(':')[3] ?? '') : region;
  return {
    kind: kind ?? 'confluent',
    url: settings.schemaRegistryUrl ?? String(uri),
    region: kind === 'glue' ? regionOfGlue : '',
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
