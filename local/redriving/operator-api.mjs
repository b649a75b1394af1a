import { StartError } from '../cli/start-error.mjs';

const limitMs = 30_000;
const pageSize = 100;

/**
 * @typedef {{ uuid: string, userEmail: string | null, reason: string | null }} FailedEvent
 * @typedef {{ topic: string, partition: number, offset: number, condition: string, reason: string }} DeadLetter
 * @typedef {'retried' | 'not-failed' | 'refused'} RetryOutcome
 */

/**
 * The operator's calls of a running system.
 * @param {{ baseUrl: string, token: string | undefined }} options
 */
export function operatorApi({ baseUrl, token }) {
  /** @param {string} method @param {string} path */
  const call = async (method, path) => {
    const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    try {
      const init = { method, signal: AbortSignal.timeout(limitMs), ...(headers === undefined ? {} : { headers }) };
      return await fetch(`${baseUrl}${path}`, init);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new StartError(`${baseUrl} does not answer: ${cause instanceof Error ? cause.message : cause}`);
    }
  };

  /** @param {string} path @returns {Promise<any>} */
  const page = async (path) => {
    const response = await call('GET', path);
    if (response.status === 401) throw new StartError('OPERATOR_TOKEN is not the one that the system knows');
    if (!response.ok) throw new StartError(`GET ${path} answered ${response.status}`);
    return response.json();
  };

  /**
   * Every page of a list, newest first. What moves from page to page meanwhile may come twice.
   * @param {string} path
   */
  async function* all(path) {
    for (let number = 0; ; number += 1) {
      const { content, totalPages } = await page(`${path}&pageSize=${pageSize}&page=${number}`);
      yield* content;
      if (number + 1 >= totalPages) return;
    }
  }

  return {
    /** @returns {AsyncGenerator<FailedEvent>} */
    failedEvents: () => all('/api/events?state=FAILED'),
    /** @returns {AsyncGenerator<DeadLetter>} dead letters that belong to no event */
    strayDeadLetters: () => all('/api/dead-letters?event=unknown'),
    /**
     * @param {string} uuid
     * @returns {Promise<{ outcome: RetryOutcome, status: number }>}
     */
    retry: async (uuid) => {
      const { status } = await call('POST', `/api/events/${uuid}/retry`);
      if (status === 202) return { outcome: 'retried', status };
      return { outcome: status === 409 || status === 404 ? 'not-failed' : 'refused', status };
    },
  };
}
