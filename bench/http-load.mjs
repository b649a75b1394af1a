import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { perSecond } from './at-once.mjs';

/**
 * @typedef {{ method: string, path: string, body?: string }} Call
 * @typedef {object} Calls
 * @property {number} count
 * @property {(index: number) => Call} call
 * @property {number} [concurrency]
 */

const limitMs = 30_000;

/**
 * @param {http.Agent} agent
 * @param {URL} base
 * @param {Call} call
 * @returns {Promise<{ status: number, text: string }>}
 */
const send = (agent, base, { method, path, body }) =>
  new Promise((resolve, reject) => {
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

/**
 * @template T
 * @param {number} sockets
 * @param {(agent: http.Agent) => Promise<T>} use
 */
const withAgent = async (sockets, use) => {
  // A new one for each load: servers close connections that were idle between two rounds.
  const agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
  try {
    return await use(agent);
  } finally {
    agent.destroy();
  }
};

/**
 * @param {http.Agent} agent
 * @param {URL} base
 * @param {Call} call
 * @throws unless the answer is 2xx: a figure that counts failures says nothing
 */
const succeed = async (agent, base, call) => {
  const { status, text } = await send(agent, base, call);
  if (status < 200 || status > 299)
    throw new Error(`${base.origin}: ${call.method} ${call.path} was answered ${status}: ${text.slice(0, 200)}`);
  return text;
};

/**
 * As many calls as go, 16 at once.
 * @param {string} base
 * @param {Calls} calls
 * @returns {Promise<number>} how many a second
 */
export const callsPerSecond = (base, { count, call, concurrency = 16 }) =>
  withAgent(concurrency, (agent) => {
    const url = new URL(base);
    return perSecond(count, (index) => succeed(agent, url, call(index)), concurrency);
  });

/**
 * One call after the other.
 * @param {string} base
 * @param {Calls} calls
 * @returns {Promise<number[]>} what each took, in ms
 */
export const timesOf = (base, { count, call }) =>
  withAgent(1, async (agent) => {
    const url = new URL(base);
    const times = [];
    for (let index = 0; index < count; index += 1) {
      const started = performance.now();
      await succeed(agent, url, call(index));
      times.push(performance.now() - started);
    }
    return times;
  });

/**
 * Calls that start on time, whether or not earlier ones were answered.
 * @param {string} base
 * @param {Calls & { everyMs: number, onStart: (index: number) => void }} calls
 */
export const pacedCalls = (base, { count, call, everyMs, onStart }) =>
  withAgent(64, async (agent) => {
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

/** @param {string} base @param {Call} call @returns {Promise<string>} the answer's text */
export const callOnce = (base, call) => withAgent(1, (agent) => succeed(agent, new URL(base), call));
