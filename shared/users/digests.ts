import { createHash, createHmac } from 'node:crypto';

/** What a key is looked up by: of one length, whatever the key is made of. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/**
 * What a request is compared by, one digest per secret, the newest first. They are keyed because the request holds a password:
 * without the secret nobody can try passwords on them.
 * @param secrets IDEMPOTENCY_SECRET: several while they are rotated, newest first
 */
export function bodyDigests(secrets: string, fields: readonly string[]): string[] {
  return secrets.split(',').map((secret) => createHmac('sha256', secret).update(JSON.stringify(fields)).digest('hex'));
}
