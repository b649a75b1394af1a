import { type Static, Type } from 'typebox';
import { instant, nullable } from '#shared/validation/atom-schemas.ts';
import { BoundedCountSchema } from '#shared/validation/list-schemas.ts';
import { UUID } from '#shared/validation/patterns.ts';

const WaitingDeliverySchema = Type.Object({
  uuid: Type.String({ pattern: UUID, description: 'UUID of the event' }),
  attempts: Type.Integer({ minimum: 0, description: 'Number of refusals' }),
  reason: nullable(
    Type.String({ description: 'The latest failure', examples: ['RCPT TO: 451 4.7.1 come back later'] }),
  ),
  nextAttemptAt: nullable(instant()),
});

export const DeliveryOverviewSchema = Type.Object({
  observedAt: instant(),
  states: Type.Object({ PENDING: BoundedCountSchema, SENT: BoundedCountSchema, FAILED: BoundedCountSchema }),
  waiting: Type.Array(WaitingDeliverySchema, {
    description: 'PENDING deliveries by due time; at most 50',
  }),
});

export const DeliverySchema = Type.Object({
  uuid: Type.String({ pattern: UUID, description: 'UUID of the event' }),
  status: Type.Enum(['PENDING', 'SENT', 'FAILED']),
  attempts: Type.Integer({ minimum: 0, description: 'Number of refusals' }),
  reason: nullable(Type.String({ description: 'The latest failure' })),
  partition: Type.Integer({ description: 'Where on user.email.send the message was' }),
  offset: Type.Integer(),
  takenInAt: instant(),
  nextAttemptAt: nullable(instant()),
  sentAt: nullable(instant()),
});

export type DeliveryView = Static<typeof DeliverySchema>;
export type DeliveryOverview = Static<typeof DeliveryOverviewSchema>;
