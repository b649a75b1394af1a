import { type Static, Type } from 'typebox';
import { instant, nullable, UUID } from '#shared/validation/atoms.ts';
import { pageOf, pageQuery } from '#shared/validation/page.ts';
import { EVENT_STATES, type EventState } from './event-states.ts';
import { MAX_PAGE_SIZE } from './largest-page.ts';

export const EventSchema = Type.Object({
  uuid: Type.String({ pattern: UUID, examples: ['6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d'] }),
  eventState: Type.Enum([...EVENT_STATES]),
  userEmail: nullable(Type.String({ description: 'null once the user was deleted and the event is done' })),
  topic: Type.String({ examples: ['user.email.send'] }),
  attempts: Type.Integer({ minimum: 0, description: 'How often the event was published' }),
  reason: nullable(Type.String({ description: 'Why the event FAILED' })),
  addedAt: instant(),
  publishedAt: nullable(instant()),
  processedAt: nullable(instant()),
  traceId: nullable(Type.String({ examples: ['4bf92f3577b34da6a3ce929d0e0e4736'] })),
});

export const EventPageSchema = pageOf(EventSchema);

export const ListEventsQuerySchema = Type.Object({
  state: Type.Optional(
    Type.Enum([...EVENT_STATES, ''], { errorMessage: 'must be one of PROCESSING, FINISHED, FAILED' }),
  ),
  ...pageQuery(20, MAX_PAGE_SIZE),
});

export type PipelineEvent = Static<typeof EventSchema>;
export type EventPage = Static<typeof EventPageSchema>;
export interface ListEventsQuery {
  state?: EventState | '';
  page: number;
  pageSize: number;
}
