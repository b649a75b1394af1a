import type { DeliveryOverview } from '#shared/notifications/delivery-schemas.ts';
import type { EventPage, Pipeline } from '#shared/outbox/outbox-schemas.ts';
import type { Consumers } from '#shared/system/system-schemas.ts';
import { ApiError, call } from './api.ts';
import type { Health, Snapshot } from './snapshot.ts';

/** The result of the latest poll. `locked`: the operator token is missing or wrong. */
export type Contact =
  | { readonly kind: 'ok' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'dead' };

const EVENTS = 15;
/** Listing events counts all of them, so the list is polled less often while the pipeline does not change. */
const EVENTS_EVERY_MS = 10_000;
const HEALTH_EVERY_MS = 4000;

function statusOf(error: unknown): number {
  return error instanceof ApiError ? error.status : 0;
}

function contactOf(error: unknown): Contact {
  const status = statusOf(error);
  if (status === 401 || status === 403) return { kind: 'locked' };
  return status === 0 ? { kind: 'dead' } : { kind: 'trouble', message: error instanceof Error ? error.message : '' };
}

/** Changes whenever an event changes state. */
function signatureOf({ states, unpublished, minutes }: Pipeline): string {
  return JSON.stringify([states, unpublished, minutes.at(-1), minutes.at(-2)]);
}

/** Polls the endpoints for the page's figures. */
export function feed() {
  let snapshot: Snapshot = {};
  let signature = '';
  let healthAt = Number.NEGATIVE_INFINITY;
  let eventsAt = Number.NEGATIVE_INFINITY;
  let state = '';

  const update = (news: Partial<Snapshot>): void => {
    snapshot = { ...snapshot, ...news };
  };

  const health = async (now: number): Promise<void> => {
    if (now - healthAt < HEALTH_EVERY_MS) return;
    update({ health: await call<Health>('GET', '/health/ready', { also: [503] }) });
    healthAt = now;
  };

  const consumers = async (): Promise<void> => {
    if (snapshot.consumers === null) return;
    try {
      update({ consumers: await call<Consumers>('GET', '/api/consumers') });
    } catch (error) {
      // Not available here (404), or the event source is starting (503): the other figures remain valid.
      if (statusOf(error) === 404) update({ consumers: null });
      else if (statusOf(error) !== 503) throw error;
    }
  };

  const pipeline = async (): Promise<void> => {
    update({ pipeline: await call<Pipeline>('GET', '/api/pipeline') });
  };
  const deliveries = async (): Promise<void> => {
    update({ deliveries: await call<DeliveryOverview>('GET', '/api/deliveries') });
  };

  const events = async (now: number): Promise<void> => {
    const moved = snapshot.pipeline === undefined ? '' : signatureOf(snapshot.pipeline);
    if (moved === signature && now - eventsAt < EVENTS_EVERY_MS) return;
    const asked = state;
    const page = await call<EventPage>('GET', `/api/events?pageSize=${EVENTS}&state=${asked}`);
    if (asked !== state) return;
    update({ events: page });
    signature = moved;
    eventsAt = now;
  };

  return {
    snapshot: (): Snapshot => snapshot,

    /** Makes the next poll list events of this state; an empty state means all. */
    expectEvents(wanted: string = state): void {
      state = wanted;
      eventsAt = Number.NEGATIVE_INFINITY;
      signature = '';
    },

    /** Polls everything that is due. A figure that is unavailable keeps its last value. */
    async look(): Promise<Contact> {
      const now = performance.now();
      const figures = [health(now), pipeline().then(() => events(now)), deliveries(), consumers()];
      const ends = await Promise.allSettled(figures);
      const contacts = ends.flatMap((end) => (end.status === 'rejected' ? [contactOf(end.reason)] : []));
      const worst = (['dead', 'locked', 'trouble'] as const).map((kind) => contacts.find((one) => one.kind === kind));
      return worst.find((contact) => contact !== undefined) ?? { kind: 'ok' };
    },
  };
}
