// Generated from the schemas by the build; not edited by hand.
import type { ErrorObject } from 'ajv';
import type { ListDeadLettersQuery } from '#shared/outbox/dead-letter.ts';

export declare const validate: ((data: unknown) => data is ListDeadLettersQuery) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
