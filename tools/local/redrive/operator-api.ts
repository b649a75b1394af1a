import { StartError } from '../cli/start-error.ts';

const limitMs = 30_000;
const pageSize = 100;

interface Page<Item> {
  content: Item[];
  totalPages: number;
}

export type FailedEvent = { uuid: string; userEmail: string | null; reason: string | null };

export type DeadLetter = { topic: string; partition: number; offset: number; condition: string; reason: string };

export type RetryOutcome = 'retried' | 'not-failed' | 'refused';

/** The operator's calls of a running system. */
export function operatorApi({ baseUrl, token }: { baseUrl: string; token: string | undefined }) {
  const call = async (method: string, path: string) => {
    const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    try {
      const init = { method, signal: AbortSignal.timeout(limitMs), ...(headers === undefined ? {} : { headers }) };
      return await fetch(`${baseUrl}${path}`, init);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new StartError(`${baseUrl} does not answer: ${cause instanceof Error ? cause.message : cause}`);
    }
  };

  const page = async <Item>(path: string): Promise<Page<Item>> => {
    const response = await call('GET', path);
    if (response.status === 401) throw new StartError('OPERATOR_TOKEN is not the one that the system knows');
    if (!response.ok) throw new StartError(`GET ${path} answered ${response.status}`);
    return (await response.json()) as Page<Item>;
  };

  /** Every page of a list, newest first. What moves from page to page meanwhile may come twice. */
  async function* all<Item>(path: string): AsyncGenerator<Item> {
    for (let number = 0; ; number += 1) {
      const { content, totalPages } = await page<Item>(`${path}&pageSize=${pageSize}&page=${number}`);
      yield* content;
      if (number + 1 >= totalPages) return;
    }
  }

  return {
    failedEvents: (): AsyncGenerator<FailedEvent> => all('/api/events?state=FAILED'),
    /** @returns dead letters that belong to no event */
    strayDeadLetters: (): AsyncGenerator<DeadLetter> => all('/api/dead-letters?event=unknown'),
    retry: async (uuid: string): Promise<{ outcome: RetryOutcome; status: number }> => {
      const { status } = await call('POST', `/api/events/${uuid}/retry`);
      if (status === 202) return { outcome: 'retried', status };
      return { outcome: status === 409 || status === 404 ? 'not-failed' : 'refused', status };
    },
  };
}
