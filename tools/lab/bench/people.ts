import { randomBytes } from 'node:crypto';
import type { Call } from './http-load.ts';

export const password = 'correct-horse-1';

/** Begins the addresses of one round; none begins another. */
export const newTag = () => `${randomBytes(5).toString('hex')}x`;

export const addressOf = (tag: string, index: number) => `${tag}${index}@b.io`;

/** The call that registers somebody. */
export const registration = (tag: string, index: number): Call => ({
  method: 'POST',
  path: '/api/users/',
  body: JSON.stringify({ name: 'Load', lastname: 'Test', email: addressOf(tag, index), password }),
});
