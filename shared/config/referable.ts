import type { Config } from './config-schema.ts';

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
] as const satisfies readonly (keyof Config)[];

export type ReferableSetting = (typeof REFERABLE)[number];
