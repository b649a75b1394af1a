// Generated from the schemas by the build. Do not edit.
import type { ErrorObject } from 'ajv';
import type { CreateUserBody } from '#shared/users/user-schemas.ts';

export declare const validate: ((data: unknown) => data is CreateUserBody) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
