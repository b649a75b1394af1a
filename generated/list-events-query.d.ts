// Generated from the schemas by the build; not edited by hand.
import type { ErrorObject } from 'ajv';
import type { ListEventsQuery } from '#shared/outbox/event.ts';

export declare const validate: ((data: unknown) => data is ListEventsQuery) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
