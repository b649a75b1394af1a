import { type Answer, type CallOptions, call } from './call.ts';
import { randomEmail, randomName } from './random.ts';
import { SECRET_MARK } from './secret-marks.ts';

export interface User {
  readonly id: number;
  readonly name: string;
  readonly lastname: string;
  readonly email: string;
}

export interface NewUser {
  readonly name: string;
  readonly lastname: string;
  readonly email: string;
  readonly password: string;
}

/** A password that no other test uses. */
export function randomPassword(): string {
  return randomName(SECRET_MARK);
}

/** The body of a valid registration, except for the given fields. */
export function newUser(fields: Readonly<Record<string, unknown>> = {}): NewUser & Record<string, unknown> {
  return {
    name: 'Ann',
    lastname: 'Lee',
    email: randomEmail(),
    password: randomPassword(),
    ...fields,
  };
}

export function register(fields: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}) {
  return call<User>('POST', '/api/users/', { json: newUser(fields), ...options });
}

/** A registered user and their password. */
export async function registered(fields: Partial<NewUser> = {}): Promise<User & { readonly password: string }> {
  const body = newUser(fields);
  const { status, body: user, text } = await call<User>('POST', '/api/users/', { json: body });
  if (status !== 201) throw new Error(`Registering answered ${status} ${text}`);
  return { ...user, password: body.password };
}

export function userPath(user: Pick<User, 'id'>): string {
  return `/api/users/${user.id}`;
}

export function patch(user: Pick<User, 'id'>, json: unknown): Promise<Answer<User>> {
  return call<User>('PATCH', userPath(user), { json });
}

/** An id that is never assigned. */
export const ABSENT_ID = 8_999_999_999_999_999;

export const INVALID = 'Errors was detected in received data!';
