// Generated from the schemas by the build. Do not edit.
import type { ErrorObject } from 'ajv';
import type { ListEventsQuery } from '#shared/outbox/outbox-schemas.ts';

export declare const validate: ((data: unknown) => data is ListEventsQuery) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
