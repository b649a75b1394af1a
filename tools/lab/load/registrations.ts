import { createHash, randomBytes } from 'node:crypto';
import { type Call, callOnce } from './http.ts';

export const password = 'correct-horse-1';

/** Begins the addresses of one round; no tag begins another. */
export function newTag() {
  return `${randomBytes(5).toString('hex')}x`;
}

export function addressOf(tag: string, index: number) {
  return `${tag}${index}@b.io`;
}

/** The trace of a registration follows from its address. */
export function traceIdOf(email: string) {
  return createHash('md5').update(email).digest('hex');
}

/** The call that registers a user. */
export function registration(email: string): Call {
  return {
    method: 'POST',
    path: '/api/users/',
    body: JSON.stringify({ name: 'Load', lastname: 'Test', email, password }),
    headers: { traceparent: `00-${traceIdOf(email)}-00f067aa0ba902b7-01` },
  };
}

/**
 * Registers a user.
 * @returns the id
 */
export async function registerOne(base: string, email: string): Promise<number> {
  const { status, text } = await callOnce(base, registration(email));
  if (status !== 201) throw new Error(`POST /api/users/ was answered ${status}: ${text.slice(0, 200)}`);
  // The peer's answer carries no id; the first user of a new database has 1.
  return JSON.parse(text).id ?? 1;
}
