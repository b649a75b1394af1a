/** In a file of its own, so that handlers need no schema library. */
export const EVENT_STATES = ['PROCESSING', 'FINISHED', 'FAILED'] as const;

export type EventState = (typeof EVENT_STATES)[number];
