import { inject } from 'vitest';
import { call } from './call.ts';
import { waitFor } from './wait-for.ts';

export interface PipelineEvent {
  readonly uuid: string;
  readonly eventState: 'PROCESSING' | 'FINISHED' | 'FAILED';
  readonly userEmail: string | null;
  readonly topic: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly addedAt: string;
  readonly publishedAt: string | null;
  readonly processedAt: string | null;
  readonly traceId: string | null;
}

export interface EventPage {
  readonly content: readonly PipelineEvent[];
  readonly page: number;
  readonly size: number;
  readonly totalElements: number;
  readonly totalPages: number;
}

/** The headers of an operator's call. */
export function operator(): { authorization: string } {
  return {
    authorization: `Bearer ${inject('application').operatorToken}`,
  };
}

const PAGES = 10;

/** The newest event of an address, if it is among the latest thousand. */
export async function eventOf(email: string): Promise<PipelineEvent | undefined> {
  for (let page = 0; page < PAGES; page += 1) {
    const path = `/api/events?pageSize=100&page=${page}`;
    const { body } = await call<EventPage>('GET', path, { headers: operator() });
    const found = body.content.find(({ userEmail }) => userEmail === email);
    if (found !== undefined || page + 1 >= body.totalPages) return found;
  }
  return undefined;
}

/** Waits until the event of an address has the state. */
export async function eventWhen(email: string, state: PipelineEvent['eventState']): Promise<PipelineEvent> {
  const event = await waitFor(
    async () => {
      const found = await eventOf(email);
      return found?.eventState === state ? found : undefined;
    },
    { what: `${state} of ${email}` },
  );
  if (event === undefined) throw new Error(`No event of ${email}`);
  return event;
}

/** All raw mails so far. */
export async function allMails(): Promise<readonly string[]> {
  const answer = await fetch(inject('application').mailsUrl);
  return (await answer.json()) as readonly string[];
}

/** The raw mails to an address. */
export async function mailsTo(email: string): Promise<readonly string[]> {
  const { mailsUrl } = inject('application');
  const answer = await fetch(`${mailsUrl}?to=${encodeURIComponent(email)}`);
  return (await answer.json()) as readonly string[];
}
