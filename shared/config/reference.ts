import type { Config } from './config-schemas.ts';

/** Where the value of a setting is stored. */
export type Reference =
  | { readonly kind: 'ssm'; readonly name: string }
  | { readonly kind: 'secretsmanager'; readonly name: string; readonly field?: string }
  | { readonly kind: 'file'; readonly name: string };

const FORM = /^(ssm|secretsmanager|file):(\/?[^\s#/][^\s#]*)(?:#(\S+))?$/;

/**
 * Parses `ssm:/path`, `secretsmanager:name`, `secretsmanager:name#field` (one field of a JSON secret) and `file:/path`;
 * returns undefined for a plain value.
 */
export function parseReference(value: string): Reference | undefined {
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
