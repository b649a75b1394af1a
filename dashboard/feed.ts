import type { DeliveryOverview } from '#shared/notifications/delivery-overview.ts';
import type { EventPage } from '#shared/outbox/event.ts';
import type { Pipeline } from '#shared/outbox/pipeline.ts';
import type { Consumers } from '#shared/system/consumer.ts';
import { ApiError, call } from './api.ts';
import type { Health, Snapshot } from './snapshot.ts';

/** How the latest look went. `locked`: the operator's token is missing or wrong. */
export type Contact =
  | { readonly kind: 'ok' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'dead' };

const EVENTS = 15;
/** Listing events counts them all: as long as the pipeline shows no change it is asked less often. */
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

/** Changes whenever an event has moved. */
function signatureOf({ states, unpublished, minutes }: Pipeline): string {
  return JSON.stringify([states, unpublished, minutes.at(-1), minutes.at(-2)]);
}

/** Asks the endpoints for what the page shows. */
export function feed() {
  let snapshot: Snapshot = {};
  let signature = '';
  let healthAt = Number.NEGATIVE_INFINITY;
  let eventsAt = Number.NEGATIVE_INFINITY;
  let state = '';

  const tell = (news: Partial<Snapshot>): void => {
    snapshot = { ...snapshot, ...news };
  };

  const health = async (now: number): Promise<void> => {
    if (now - healthAt < HEALTH_EVERY_MS) return;
    tell({ health: await call<Health>('GET', '/health/ready', { also: [503] }) });
    healthAt = now;
  };

  const consumers = async (): Promise<void> => {
    if (snapshot.consumers === null) return;
    try {
      tell({ consumers: await call<Consumers>('GET', '/api/consumers') });
    } catch (error) {
      // Nobody tells (404), or the event source is just starting: the rest of the page is as good as before.
      if (statusOf(error) === 404) tell({ consumers: null });
      else if (statusOf(error) !== 503) throw error;
    }
  };

  const pipeline = async (): Promise<void> => {
    tell({ pipeline: await call<Pipeline>('GET', '/api/pipeline') });
  };
  const deliveries = async (): Promise<void> => {
    tell({ deliveries: await call<DeliveryOverview>('GET', '/api/deliveries') });
  };

  const events = async (now: number): Promise<void> => {
    const moved = snapshot.pipeline === undefined ? '' : signatureOf(snapshot.pipeline);
    if (moved === signature && now - eventsAt < EVENTS_EVERY_MS) return;
    const asked = state;
    const page = await call<EventPage>('GET', `/api/events?pageSize=${EVENTS}&state=${asked}`);
    if (asked !== state) return;
    tell({ events: page });
    signature = moved;
    eventsAt = now;
  };

  return {
    snapshot: (): Snapshot => snapshot,

    /** The next look asks for events, of this state only; an empty state means all. */
    expectEvents(wanted: string = state): void {
      state = wanted;
      eventsAt = Number.NEGATIVE_INFINITY;
      signature = '';
    },

    /** One look at everything that is due. Whatever cannot be told keeps its last value. */
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
