// Generated from the schemas by the build; not edited by hand.
import type { ErrorObject } from 'ajv';
import type { WireMessage } from '#shared/messages/event-message-schema.ts';

export declare const validate: ((data: unknown) => data is WireMessage) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
