import { StartError } from '../cli/start-error.ts';

const timeoutMs = 30_000;
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
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    try {
      return await fetch(`${baseUrl}${path}`, { method, headers, signal: AbortSignal.timeout(timeoutMs) });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new StartError(`${baseUrl} does not answer: ${cause instanceof Error ? cause.message : cause}`);
    }
  };

  const page = async <Item>(path: string): Promise<Page<Item>> => {
    const response = await call('GET', path);
    if (response.status === 401)
      throw new StartError(`${baseUrl} rejected OPERATOR_TOKEN: set it to a token of that system`);
    if (!response.ok) throw new StartError(`GET ${path} returned ${response.status}`);
    return (await response.json()) as Page<Item>;
  };

  /** Every page of a list, newest first. An item that moves to the next page meanwhile may come twice. */
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
