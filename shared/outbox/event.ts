/** Not in the schema file: handlers must not bundle the schema library. */
export const EVENT_STATES = ['PROCESSING', 'FINISHED', 'FAILED'] as const;

export type EventState = (typeof EVENT_STATES)[number];

/** An event before it is stored and published. */
export interface NewEvent {
  readonly uuid: string;
  readonly userEmail: string;
  readonly addedAt: Date;
  readonly traceparent: string | null;
  readonly generation: number;
}
