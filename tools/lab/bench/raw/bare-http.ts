import type { Guard } from '#tools/local/process/guard-client.ts';
import type { Contender } from '../alternate.ts';
import { nextMessage, startChild } from '../children/start-child.ts';
import { callsPerSecond } from '../http-load.ts';

/** What node:http says by itself. */
const own = ['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'];

/** A bare node:http server that answers the same headers and bytes as the application. */
export function bareHttp(
  guard: Guard,
  { from, path, count }: { from: string; path: string; count: number },
): Contender {
  const run = async () => {
    const answer = await fetch(`${from}${path}`);
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !own.includes(name)));
    const { child, port, stop } = await startChild('./bare-server.ts', guard);
    try {
      const answering = nextMessage(child, ({ answering: told }) => told);
      child.send({ answer: { headers, text: await answer.text() } });
      await answering;
      const call = () => ({ method: 'GET', path });
      const base = `http://127.0.0.1:${port}`;
      await callsPerSecond(base, { count: Math.ceil(count / 4), call });
      return { 'per second': await callsPerSecond(base, { count, call }) };
    } finally {
      await stop();
    }
  };
  return { name: 'node:http alone', run };
}
