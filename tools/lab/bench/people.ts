import { randomBytes } from 'node:crypto';
import type { Call } from './http-load.ts';

export const password = 'correct-horse-1';

/** Begins the addresses of one round; none begins another. */
export function newTag() {
  return `${randomBytes(5).toString('hex')}x`;
}

export function addressOf(tag: string, index: number) {
  return `${tag}${index}@b.io`;
}

/** The call that registers somebody. */
export function registration(tag: string, index: number): Call {
  return {
    method: 'POST',
    path: '/api/users/',
    body: JSON.stringify({ name: 'Load', lastname: 'Test', email: addressOf(tag, index), password }),
  };
}
