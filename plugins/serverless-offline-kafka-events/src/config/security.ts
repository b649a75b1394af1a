import type { KafkaConfig } from 'kafkajs';
import { isObject } from '../support/value.ts';
import { ConfigurationError } from './service.ts';

type TlsOptions = Exclude<KafkaConfig['ssl'], boolean | undefined>;

/** How to log in at the brokers, as kafkajs takes it where there is nothing to fetch first. */
export type Sasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | { readonly mechanism: 'aws-msk-iam'; readonly region: string }
  | { readonly mechanism: 'oauthbearer'; readonly source: TokenSource }
  /** Anything else that kafkajs understands. */
  | { readonly mechanism: 'kafkajs'; readonly options: KafkaConfig['sasl'] };

/** Where the token of OAUTHBEARER comes from. */
export type TokenSource =
  | { readonly kind: 'module'; readonly path: string }
  | {
      readonly kind: 'client-credentials';
      readonly url: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly scope: string | undefined;
    };

export interface Security {
  readonly ssl: boolean | TlsOptions;
  readonly sasl: Sasl | null;
}

/** Local values of the secrets that `accessConfigurations` names, by ARN. */
export type Secrets = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** `custom.kafkaEvents.ssl`: kafkajs' own options, or a boolean, which may come as a string. @throws ConfigurationError */
export function parseSsl(value: unknown): Security['ssl'] {
  if (value === undefined || value === null || value === '' || value === 'false') return false;
  if (value === 'true') return true;
  if (typeof value === 'boolean') return value;
  if (isObject(value)) return value;
  throw new ConfigurationError('custom.kafkaEvents.ssl must be true, false or the options of node:tls');
}

/** `custom.kafkaEvents.sasl`. @throws ConfigurationError */
export function parseSasl(value: unknown, region: string): Sasl | null {
  if (value === undefined || value === null || value === '') return null;
  if (!isObject(value)) throw new ConfigurationError('custom.kafkaEvents.sasl must be an object with a mechanism');
  const text = (name: string): string => {
    const found = value[name];
    if (typeof found !== 'string' || found === '')
      throw new ConfigurationError(`custom.kafkaEvents.sasl.${name} is missing for ${String(value.mechanism)}`);
    return found;
  };
  const mechanism = String(value.mechanism).toLowerCase();
  switch (mechanism) {
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      return { mechanism, username: text('username'), password: text('password') };
    case 'aws-msk-iam':
      return { mechanism, region: typeof value.region === 'string' ? value.region : region };
    case 'oauthbearer':
      if (typeof value.oauthBearerProvider === 'function') break;
      if (value.tokenProvider !== undefined)
        return { mechanism, source: { kind: 'module', path: text('tokenProvider') } };
      return {
        mechanism,
        source: {
          kind: 'client-credentials',
          url: text('tokenUrl'),
          clientId: text('clientId'),
          clientSecret: text('clientSecret'),
          scope: typeof value.scope === 'string' ? value.scope : undefined,
        },
      };
  }
  // kafkajs checks it, and knows mechanisms that are objects with functions.
  return { mechanism: 'kafkajs', options: value as unknown as KafkaConfig['sasl'] };
}

/** `custom.kafkaEvents.secrets`. @throws ConfigurationError */
export function parseSecrets(value: unknown): Secrets {
  if (value === undefined || value === null) return new Map();
  if (!isObject(value)) throw new ConfigurationError('custom.kafkaEvents.secrets must map ARNs to their values');
  return new Map(
    Object.entries(value).map(([arn, secret]) => {
      if (isObject(secret)) return [arn, secret];
      throw new ConfigurationError(`custom.kafkaEvents.secrets.${arn} must be an object, as the secret is`);
    }),
  );
}

const MECHANISMS = {
  saslPlainAuth: 'plain',
  saslScram256Auth: 'scram-sha-256',
  saslScram512Auth: 'scram-sha-512',
} as const;

/**
 * Returns how one event logs in: with `ssl` and `sasl` of `custom.kafkaEvents`, and by its `accessConfigurations`
 * (`saslScram512` of `msk:`) where a local value of the secret is configured. Certificates of secrets imply TLS; the options of
 * `ssl` override them.
 */
export function securityOf(
  event: Readonly<Record<string, unknown>>,
  { ssl, sasl, secrets }: Security & { readonly secrets: Secrets },
  fail: (property: string, problem: string) => never,
): Security {
  const access = isObject(event.accessConfigurations) ? event.accessConfigurations : {};
  const secretOf = (property: string): Readonly<Record<string, unknown>> | undefined => {
    const named: unknown =
      property === 'saslScram512Auth' ? (access[property] ?? event.saslScram512) : access[property];
    const [arn] = Array.isArray(named) ? named : [named];
    return typeof arn === 'string' ? secrets.get(arn) : undefined;
  };
  const text = (property: string, secret: Readonly<Record<string, unknown>>, name: string): string => {
    const found = secret[name];
    return typeof found === 'string'
      ? found
      : fail(property, `its secret in custom.kafkaEvents.secrets has no ${name}`);
  };

  let login = sasl;
  for (const [property, mechanism] of Object.entries(MECHANISMS)) {
    const secret = secretOf(property);
    if (login !== null || secret === undefined) continue;
    login = { mechanism, username: text(property, secret, 'username'), password: text(property, secret, 'password') };
  }
  const tls: TlsOptions = {};
  const root = secretOf('serverRootCaCertificate');
  if (root !== undefined) tls.ca = text('serverRootCaCertificate', root, 'certificate');
  const client = secretOf('clientCertificateTlsAuth');
  if (client !== undefined) {
    tls.cert = text('clientCertificateTlsAuth', client, 'certificate');
    tls.key = text('clientCertificateTlsAuth', client, 'privateKey');
    if (typeof client.privateKeyPassword === 'string') tls.passphrase = client.privateKeyPassword;
  }
  if (Object.keys(tls).length === 0) return { ssl, sasl: login };
  return { ssl: { ...tls, ...(isObject(ssl) ? ssl : {}) }, sasl: login };
}
