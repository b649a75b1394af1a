import { randomBytes } from 'node:crypto';

/** A short name that no other test has. */
export const randomName = (prefix: string): string => `${prefix}${randomBytes(5).toString('hex')}`;

/** An e-mail address that no other test has. */
export const randomEmail = (): string => `${randomName('u')}@b.io`;
