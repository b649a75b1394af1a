// Generated from the schemas by the build. Do not edit.
import type { ErrorObject } from 'ajv';
import type { ListUsersQuery } from '#shared/users/user-schemas.ts';

export declare const validate: ((data: unknown) => data is ListUsersQuery) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
