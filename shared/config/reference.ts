import type { Config } from './config-schemas.ts';

/** The parts of a URL around a login that is stored elsewhere. */
export interface UrlParts {
  /** such as mysql:// */
  readonly scheme: string;
  /** If absent, the stored value is a JSON object with username and password. */
  readonly user?: string;
  /** host, port and path */
  readonly rest: string;
}

/** Where the value of a setting is stored. */
export type Reference = { readonly url?: UrlParts } & (
  | { readonly kind: 'ssm'; readonly name: string }
  | { readonly kind: 'secretsmanager'; readonly name: string; readonly field?: string }
  | { readonly kind: 'file'; readonly name: string }
);

const FORM = /^(ssm|secretsmanager|file):(\/?[^\s#/][^\s#]*)(?:#(\S+))?$/;
const URL_FORM = /^([a-z]+:\/\/)(?:([^\s:@/]+):)?((?:ssm|secretsmanager):[^\s@]+)@(\S+)$/;

/**
 * Parses `ssm:/path`, `secretsmanager:name`, `secretsmanager:name#field` (one field of a JSON secret) and `file:/path`, and URLs
 * whose login is one of them: `mysql://user:ssm:/password@host/users`, or `mysql://secretsmanager:name@host/users` for a secret
 * with username and password, as RDS manages them. Returns undefined for a plain value.
 */
export function parseReference(value: string): Reference | undefined {
  const [, scheme, user, login, rest] = URL_FORM.exec(value) ?? [];
  if (scheme !== undefined && login !== undefined && rest !== undefined) {
    const reference = parseReference(login);
    return reference && { ...reference, url: { scheme, rest, ...(user === undefined ? {} : { user }) } };
  }
  const [, kind, name, field] = FORM.exec(value) ?? [];
  if (name === undefined) return undefined;
  if (kind === 'secretsmanager') return { kind, name, ...(field === undefined ? {} : { field }) };
  if (field !== undefined) return undefined;
  return kind === 'ssm' ? { kind, name } : { kind: 'file', name };
}

/** The variables that may hold a reference (`ssm:`, `secretsmanager:`, `file:`) instead of their value. */
export const REFERABLE = [
  'USERS_DATABASE_URL',
  'NOTIFICATIONS_DATABASE_URL',
  'REDIS_URL',
  'KAFKA_BROKERS',
  'KAFKA_CREDENTIALS',
  'SMTP_URL',
  'TLS_CA',
  'OPERATOR_TOKEN',
  'IDEMPOTENCY_SECRET',
  'MESSAGE_SECRET',
] as const satisfies readonly (keyof Config)[];

export type ReferableSetting = (typeof REFERABLE)[number];
