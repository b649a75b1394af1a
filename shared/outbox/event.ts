import { type Static, Type } from 'typebox';
import { UUID } from '#shared/validation/atoms.ts';

export const EVENT_STATES = ['PROCESSING', 'FINISHED', 'FAILED'] as const;
export type EventState = (typeof EVENT_STATES)[number];

const nullable = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()]);
const instant = () => Type.String({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });

export const EventSchema = Type.Object({
  uuid: Type.String({ pattern: UUID, examples: ['6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d'] }),
  eventState: Type.Enum([...EVENT_STATES]),
  userEmail: nullable(Type.String({ description: 'null once the user was deleted and the event is done' })),
  topic: Type.String({ examples: ['user.email.send'] }),
  attempts: Type.Integer({ minimum: 0, description: 'How often the event was published' }),
  reason: nullable(Type.String({ description: 'Why the event FAILED' })),
  addedAt: instant(),
  publishedAt: Type.Union([instant(), Type.Null()]),
  processedAt: Type.Union([instant(), Type.Null()]),
  traceId: nullable(Type.String({ examples: ['4bf92f3577b34da6a3ce929d0e0e4736'] })),
});

export const EventPageSchema = Type.Object({
  content: Type.Array(EventSchema),
  page: Type.Integer(),
  size: Type.Integer(),
  totalElements: Type.Integer(),
  totalPages: Type.Integer(),
});

export const ListEventsQuerySchema = Type.Object({
  state: Type.Optional(
    Type.Enum([...EVENT_STATES, ''], { errorMessage: 'must be one of PROCESSING, FINISHED, FAILED' }),
  ),
  page: Type.Integer({ minimum: 0, maximum: 2147483647, default: 0, errorMessage: 'must be a whole number from 0' }),
  pageSize: Type.Integer({
    minimum: 1,
    maximum: 2147483647,
    default: 20,
    errorMessage: 'must be a whole number from 1; more than 100 is cut to 100',
  }),
});

export type PipelineEvent = Static<typeof EventSchema>;
export type EventPage = Static<typeof EventPageSchema>;
export interface ListEventsQuery {
  state?: EventState | '';
  page: number;
  pageSize: number;
}
