import { type Static, Type } from 'typebox';
import { EMAIL, UUID } from '#shared/validation/patterns.ts';

const Instant = Type.Union([Type.String(), Type.Number(), Type.Null()]);

/** The value on user.email.send and user.email.sent, as either side writes it. Unknown fields are ignored. */
export const EventMessageSchema = Type.Object({
  uuid: Type.String({ pattern: UUID }),
  userEmail: Type.String({ minLength: 3, maxLength: 320, pattern: EMAIL }),
  eventState: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  addedAt: Type.Optional(Instant),
  processedAt: Type.Optional(Instant),
});

export type WireMessage = Static<typeof EventMessageSchema>;
