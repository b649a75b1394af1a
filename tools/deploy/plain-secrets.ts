import { parseReference } from '#shared/config/reference.ts';
import type { Value } from './template.ts';

/** Variables whose whole value is secret. */
const SECRETS = ['OPERATOR_TOKEN', 'IDEMPOTENCY_SECRET', 'MESSAGE_SECRET', 'KAFKA_CREDENTIALS'];
const URL_WITH_PASSWORD = /^[a-z]+:\/\/[^/@\s]*:[^/]*@/i;
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
