import { Type } from 'typebox';
import { ERROR_CODES } from '#shared/errors/app-error.ts';
import { DeliveryOverviewSchema, DeliverySchema } from '#shared/notifications/delivery-schemas.ts';
import {
  DeadLetterPageSchema,
  DeadLetterSchema,
  EventPageSchema,
  EventSchema,
  PipelineSchema,
} from '#shared/outbox/outbox-schemas.ts';
import { ConsumersSchema, HomeSchema } from '#shared/system/system-schemas.ts';
import { CreateUserBodySchema, UpdateUserBodySchema, UserPageSchema, UserSchema } from '#shared/users/user-schemas.ts';

const ErrorSchema = Type.Object({
  error: Type.String({ examples: ['Not found!'] }),
  message: Type.String({ examples: ['User with this id does not exists!'] }),
  time: Type.String({ format: 'date-time' }),
  status: Type.Integer({ examples: [404] }),
  code: Type.Enum(Object.keys(ERROR_CODES)),
  traceId: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  errors: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Field → error message' })),
});

const AliveSchema = Type.Object({ status: Type.Enum(['up', 'stopping']) });

const HealthSchema = Type.Object({
  status: Type.Enum(['up', 'degraded', 'down']),
  dependencies: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        status: Type.Enum(['up', 'down']),
        latencyMs: Type.Number(),
        downSince: Type.Optional(Type.String({ format: 'date-time' })),
        downForSeconds: Type.Optional(Type.Integer()),
        problem: Type.Optional(Type.String()),
      }),
      { description: 'Outside the local stage for operators only' },
    ),
  ),
});

/** The document's schemas by name. */
export const COMPONENT_SCHEMAS = {
  User: UserSchema,
  CreateUser: CreateUserBodySchema,
  UpdateUser: UpdateUserBodySchema,
  UserPage: UserPageSchema,
  Event: EventSchema,
  EventPage: EventPageSchema,
  DeadLetter: DeadLetterSchema,
  DeadLetterPage: DeadLetterPageSchema,
  Error: ErrorSchema,
  Alive: AliveSchema,
  Health: HealthSchema,
  Home: HomeSchema,
  Pipeline: PipelineSchema,
  Delivery: DeliverySchema,
  DeliveryOverview: DeliveryOverviewSchema,
  Consumers: ConsumersSchema,
};
