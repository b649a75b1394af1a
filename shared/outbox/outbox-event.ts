import type { EventMessage } from '#shared/messages/event-message.ts';

/** What an event needs to be stored and published for the first time. */
export interface NewEvent {
  readonly uuid: string;
  readonly userEmail: string;
  readonly addedAt: Date;
  readonly traceparent: string | null;
  readonly generation: number;
}

/** The message that asks for the event's mail. */
export function sendRequest(event: NewEvent): EventMessage {
  return {
    ...event,
    eventState: 'PROCESSING',
    processedAt: null,
  };
}
