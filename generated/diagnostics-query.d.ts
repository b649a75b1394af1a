// Generated from the schemas by the build. Do not edit.
import type { ErrorObject } from 'ajv';
import type { DiagnosticsQuery } from '#shared/system/system-schemas.ts';

export declare const validate: ((data: unknown) => data is DiagnosticsQuery) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
