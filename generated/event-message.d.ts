// Generated from the schemas by the build. Do not edit.
import type { ErrorObject } from 'ajv';
import type { WireMessage } from '#shared/messages/message-schemas.ts';

export declare const validate: ((data: unknown) => data is WireMessage) & { errors?: ErrorObject[] | null };
export declare const messages: Readonly<Record<string, string>>;
