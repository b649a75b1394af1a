import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { perSecond } from './at-once.ts';

export type Call = { method: string; path: string; body?: string };

export interface Calls {
  count: number;
  call: (index: number) => Call;
  concurrency?: number;
}

const limitMs = 30_000;

function send(agent: http.Agent, base: URL, { method, path, body }: Call): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const { hostname, port } = base;
    const request = http.request({ hostname, port, method, path, agent, headers, timeout: limitMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${limitMs} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

async function withAgent<T>(sockets: number, use: (agent: http.Agent) => Promise<T>) {
  // A new one for each load: servers close connections that were idle between two rounds.
  const agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
  try {
    return await use(agent);
  } finally {
    agent.destroy();
  }
}

/** @throws unless the answer is 2xx: a figure that counts failures says nothing */
async function succeed(agent: http.Agent, base: URL, call: Call) {
  const { status, text } = await send(agent, base, call);
  if (status < 200 || status > 299)
    throw new Error(`${base.origin}: ${call.method} ${call.path} was answered ${status}: ${text.slice(0, 200)}`);
  return text;
}

/**
 * As many calls as go, 16 at once.
 * @returns how many a second
 */
export function callsPerSecond(base: string, { count, call, concurrency = 16 }: Calls): Promise<number> {
  return withAgent(concurrency, (agent) => {
    const url = new URL(base);
    return perSecond(count, (index) => succeed(agent, url, call(index)), concurrency);
  });
}

/**
 * One call after the other.
 * @returns what each took, in ms
 */
export function timesOf(base: string, { count, call }: Calls): Promise<number[]> {
  return withAgent(1, async (agent) => {
    const url = new URL(base);
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const started = performance.now();
      await succeed(agent, url, call(index));
      times.push(performance.now() - started);
    }
    return times;
  });
}

/** Calls that start on time, whether or not earlier ones were answered. */
export function pacedCalls(
  base: string,
  { count, call, everyMs, onStart }: Calls & { everyMs: number; onStart: (index: number) => void },
) {
  return withAgent(64, async (agent) => {
    const url = new URL(base);
    const started = performance.now();
    const all = [];
    for (let index = 0; index < count; index += 1) {
      await sleep(Math.max(0, started + index * everyMs - performance.now()));
      onStart(index);
      const calling = succeed(agent, url, call(index));
      // It is waited for below; until then a failure is nobody's unhandled rejection.
      calling.catch(() => undefined);
      all.push(calling);
    }
    await Promise.all(all);
  });
}

/** @returns the answer's text */
export function callOnce(base: string, call: Call): Promise<string> {
  return withAgent(1, (agent) => succeed(agent, new URL(base), call));
}
