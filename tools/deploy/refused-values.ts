import { parseReference } from '#shared/config/reference.ts';
import type { Deployment } from './osls.ts';
import type { Value } from './template.ts';

/** Variables whose whole value is secret. */
const SECRETS = ['OPERATOR_TOKEN', 'IDEMPOTENCY_SECRET', 'MESSAGE_SECRET', 'KAFKA_CREDENTIALS'];
/** A password before the host, or a query: ioredis and nodemailer read passwords from it, too. */
const URL_WITH_PASSWORD = /^[a-z]+:\/\/([^/@\s]*:[^/]*@|[^?]*\?)/i;
/** A hash of a token grants no access. */
const HASHED_TOKENS = /^sha256:[0-9a-f]{64}(,sha256:[0-9a-f]{64})*$/i;

/** The variables that hold a secret in plain text: the template and the console show them to everybody who may read the stack. */
export function plainSecrets(environment: Readonly<Record<string, Value>>): string[] {
  return Object.entries(environment).flatMap(([variable, value]) => {
    if (typeof value !== 'string' || value === '' || parseReference(value) !== undefined) return [];
    if (variable === 'OPERATOR_TOKEN' && HASHED_TOKENS.test(value)) return [];
    return SECRETS.includes(variable) || URL_WITH_PASSWORD.test(value) ? [variable] : [];
  });
}

/** @returns the names of the parameters that still have the placeholder of parameters.yml */
export function placeholders({ subnetIds, securityGroupIds, kafka }: Deployment): string[] {
  const isPlaceholder = (text: string) => /-0{8}\b/.test(text);
  return [
    ...(isPlaceholder(subnetIds) ? ['subnetIds'] : []),
    ...(isPlaceholder(securityGroupIds) ? ['securityGroupIds'] : []),
    ...(kafka.brokers.startsWith('127.0.0.1:') ? ['kafkaBrokers'] : []),
  ];
}
