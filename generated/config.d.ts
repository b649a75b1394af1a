// Generated from the schemas by the build. Do not edit.
import type { ErrorObject } from 'ajv';
import type { Config } from '#shared/config/config-schemas.ts';

export declare const validate: ((data: unknown) => data is Config) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
