import type { TSchema } from 'typebox';
import { ConfigSchema } from '#shared/config/config-schema.ts';
import { EventMessageSchema } from '#shared/messages/event-message-schema.ts';
import { ListDeadLettersQuerySchema } from '#shared/outbox/dead-letter.ts';
import { ListEventsQuerySchema } from '#shared/outbox/event.ts';
import { DiagnosticsQuerySchema } from '#shared/system/diagnostics-schemas.ts';
import { CreateUserBodySchema, ListUsersQuerySchema, UpdateUserBodySchema } from '#shared/users/user-schemas.ts';

interface ValidatorSource {
  readonly schema: TSchema;
  /** Where the type lives that the validator narrows to, from shared/. */
  readonly type: readonly [name: string, file: string];
  /** Environment variables are text; only there are numbers read from it. */
  readonly coerces?: true;
}

/** The validators that the build generates, by file name. */
export const VALIDATORS: Readonly<Record<string, ValidatorSource>> = {
  config: { schema: ConfigSchema, type: ['Config', 'config/config-schema.ts'], coerces: true },
  'create-user-body': { schema: CreateUserBodySchema, type: ['CreateUserBody', 'users/user-schemas.ts'] },
  'update-user-body': { schema: UpdateUserBodySchema, type: ['UpdateUserBody', 'users/user-schemas.ts'] },
  'list-users-query': { schema: ListUsersQuerySchema, type: ['ListUsersQuery', 'users/user-schemas.ts'] },
  'list-events-query': { schema: ListEventsQuerySchema, type: ['ListEventsQuery', 'outbox/event.ts'] },
  'list-dead-letters-query': {
    schema: ListDeadLettersQuerySchema,
    type: ['ListDeadLettersQuery', 'outbox/dead-letter.ts'],
  },
  'diagnostics-query': {
    schema: DiagnosticsQuerySchema,
    type: ['DiagnosticsQuery', 'system/diagnostics-schemas.ts'],
  },
  'event-message': { schema: EventMessageSchema, type: ['WireMessage', 'messages/event-message-schema.ts'] },
};
