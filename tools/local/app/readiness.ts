import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../cli/progress.ts';

const everyMs = 100;
const tellEveryMs = 10_000;

/**
 * Waits until the application says that it is ready.
 * @param options needsKafka: a broker of our own must be up as well
 */
export async function waitUntilAppIsReady(
  baseUrl: string,
  { needsKafka, signal }: { needsKafka: boolean; signal: AbortSignal },
) {
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

async function ask(baseUrl: string, needsKafka: boolean): Promise<{ isReady: boolean; reason: string }> {
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

/** Reads an answer of /health/ready. */
export function judge(status: number, text: string, needsKafka: boolean): { isReady: boolean; reason: string } {
  const states = statesOf(text);
  const down = Object.entries(states)
    .filter(([, state]) => state !== 'up')
    .map(([name, state]) => `${name} is ${state}`);
  const reason = down.length > 0 ? down.join(', ') : `/health/ready answers ${status}`;
  const lacksKafka = needsKafka && 'kafka' in states && states.kafka !== 'up';
  return { isReady: status === 200 && !lacksKafka, reason };
}

/** The dependencies of a health answer, in lower case. */
function statesOf(text: string): Record<string, string> {
  const states: Record<string, string> = {};
  let body: unknown;
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

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
