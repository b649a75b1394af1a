import { type Static, Type } from 'typebox';
import { instant, nullable, UUID } from '#shared/validation/atoms.ts';
import { pageOf, pageQuery } from '#shared/validation/page.ts';
import { EVENT_STATES } from './event-states.ts';
import { MAX_PAGE_SIZE } from './largest-page.ts';

export const DeadLetterSchema = Type.Object({
  topic: Type.String({ examples: ['user.email.send.dlq'], description: 'Where the dead letter lies' }),
  partition: Type.Integer(),
  offset: Type.Integer(),
  eventUuid: nullable(Type.String({ pattern: UUID, description: 'null when the record names none' })),
  eventState: nullable(Type.Enum([...EVENT_STATES], { description: 'null when the event is none of ours' })),
  condition: Type.String({ examples: ['PermanentFailure', 'RetriesExhausted'] }),
  reason: Type.String(),
  record: nullable(Type.String({ description: 'The value of the record that failed; null once its user was deleted' })),
  recordedAt: instant(),
});

export const DeadLetterPageSchema = pageOf(DeadLetterSchema);

export const ListDeadLettersQuerySchema = Type.Object({
  event: Type.Optional(
    Type.Enum(['known', 'unknown', ''], {
      description: 'Only those of events of ours, or only those of none',
      errorMessage: 'must be known or unknown',
    }),
  ),
  ...pageQuery(20, MAX_PAGE_SIZE),
});

export type DeadLetterView = Static<typeof DeadLetterSchema>;
export type DeadLetterPage = Static<typeof DeadLetterPageSchema>;
export interface ListDeadLettersQuery {
  event?: 'known' | 'unknown' | '';
  page: number;
  pageSize: number;
}
