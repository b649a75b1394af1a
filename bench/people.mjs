import { randomBytes } from 'node:crypto';

export const password = 'correct-horse-1';

/** Begins the addresses of one round; none begins another. */
export const newTag = () => `${randomBytes(5).toString('hex')}x`;

/** @param {string} tag @param {number} index */
export const addressOf = (tag, index) => `${tag}${index}@b.io`;

/**
 * The call that registers somebody.
 * @param {string} tag
 * @param {number} index
 * @returns {import('./http-load.mjs').Call}
 */
export const registration = (tag, index) => ({
  method: 'POST',
  path: '/api/users/',
  body: JSON.stringify({ name: 'Load', lastname: 'Test', email: addressOf(tag, index), password }),
});
