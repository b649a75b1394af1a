import autocannon from 'autocannon';
import { type Call, headersOf } from './http.ts';

export interface Calls {
  count: number;
  call: (index: number) => Call;
  /** kept connections, each with one call at a time */
  concurrency?: number;
  /**
   * Fails when a call was left out: autocannon drops one when a server closes its connection after a number of calls, as Tomcat does
   * after 100.
   */
  isEachNeeded?: boolean;
}

const timeoutSeconds = 30;
/** How often autocannon checks whether it is done. */
const sampleMs = 100;

/**
 * Makes `count` calls, as fast as they are answered.
 * @returns times: of each call, in ms
 * @throws when one of them is not answered 2xx: a figure that counts failures says nothing.
 */
async function measureThroughput(base: string, { count, call, concurrency = 16, isEachNeeded = false }: Calls) {
  const times: number[] = [];
  let next = 0;
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    const made = call(next);
    next += 1;
    const { method, path, body } = made;
    return { ...request, method, path, headers: headersOf(made), ...(body === undefined ? {} : { body }) };
  };
  const started = performance.now();
  let ended = started;
  await new Promise<void>((resolve, reject) => {
    const options = { url: base, connections: Math.min(concurrency, count), amount: count, timeout: timeoutSeconds };
    const fail = (problem: string, cause?: unknown) => {
      reject(new Error(`${base}: ${problem}`, { cause }));
      run.stop();
    };
    const onResponse = (status: number, text: string) => {
      if (status < 200 || status > 299) fail(`a call was answered ${status}: ${text.slice(0, 200)}`);
    };
    const requests = [{ setupRequest, onResponse }];
    const run = autocannon({ ...options, sampleInt: sampleMs, requests }, (error) =>
      error ? reject(error) : resolve(),
    );
    run.on('response', (_client, _status, _bytes, ms) => {
      times.push(ms);
      ended = performance.now();
    });
    run.on('reqError', (error) => fail('a call was not answered', error));
  });
  const missing = count - times.length;
  if (isEachNeeded && missing > 0) throw new Error(`${base}: ${missing} of ${count} calls were not made`);
  return { perSecond: (times.length / (ended - started)) * 1000, times };
}

/** @returns calls per second */
export async function callsPerSecond(base: string, calls: Calls): Promise<number> {
  return (await measureThroughput(base, calls)).perSecond;
}

/**
 * Makes one call after the other.
 * @returns what each took, in ms
 */
export async function timesOf(base: string, calls: Calls): Promise<readonly number[]> {
  return (await measureThroughput(base, { ...calls, concurrency: 1 })).times;
}
