import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../cli/progress.mjs';

const everyMs = 100;
const tellEveryMs = 10_000;

/**
 * Waits until the application says that it is ready.
 * @param {string} baseUrl
 * @param {{ needsKafka: boolean, signal: AbortSignal }} options needsKafka: a broker of our own must be up as well
 */
export async function waitUntilAppIsReady(baseUrl, { needsKafka, signal }) {
  let nextWord = Date.now() + tellEveryMs;
  while (!signal.aborted) {
    const { isReady, reason } = await ask(baseUrl, needsKafka);
    if (isReady) return;
    if (Date.now() > nextWord) {
      say(`  … not ready yet: ${reason}`);
      nextWord = Date.now() + tellEveryMs;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

/**
 * @param {string} baseUrl
 * @param {boolean} needsKafka
 * @returns {Promise<{ isReady: boolean, reason: string }>}
 */
async function ask(baseUrl, needsKafka) {
  try {
    const response = await fetch(`${baseUrl}/health/ready`, {
      signal: AbortSignal.timeout(5000),
      headers: { connection: 'close' },
    });
    return judge(response.status, await response.text(), needsKafka);
  } catch {
    return { isReady: false, reason: `${baseUrl} does not answer` };
  }
}

/**
 * Reads an answer of /health/ready.
 * @param {number} status
 * @param {string} text
 * @param {boolean} needsKafka
 * @returns {{ isReady: boolean, reason: string }}
 */
export function judge(status, text, needsKafka) {
  const states = statesOf(text);
  const down = Object.entries(states)
    .filter(([, state]) => state !== 'up')
    .map(([name, state]) => `${name} is ${state}`);
  const reason = down.length > 0 ? down.join(', ') : `/health/ready answers ${status}`;
  const lacksKafka = needsKafka && 'kafka' in states && states.kafka !== 'up';
  return { isReady: status === 200 && !lacksKafka, reason };
}

/**
 * The dependencies of a health answer, in lower case.
 * @param {string} text
 * @returns {Record<string, string>}
 */
function statesOf(text) {
  /** @type {Record<string, string>} */
  const states = {};
  /** @type {unknown} */
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return states;
  }
  const checks = field(body, 'dependencies') ?? field(body, 'checks') ?? {};
  for (const [name, value] of Object.entries(checks)) {
    const state = typeof value === 'string' ? value : (field(value, 'status') ?? field(value, 'state'));
    if (typeof state === 'string') states[name.toLowerCase()] = state.toLowerCase();
  }
  return states;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
function field(value, name) {
  return typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value)[name] : undefined;
}
