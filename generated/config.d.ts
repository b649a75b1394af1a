// Generated from the schemas by the build; not edited by hand.
import type { ErrorObject } from 'ajv';
import type { Config } from '#shared/config/config-schema.ts';

export declare const validate: ((data: unknown) => data is Config) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
