import { randomBytes } from 'node:crypto';

/** A short name that no other test uses. */
export function randomName(prefix: string): string {
  return `${prefix}${randomBytes(5).toString('hex')}`;
}

/** An e-mail address that no other test uses. */
export function randomEmail(): string {
  return `${randomName('u')}@b.io`;
}
