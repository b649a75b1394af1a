import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, waitUntilReady } from '#tools/local/process/managed-process.ts';
import { typescriptOptions } from '#tools/local/process/node-arguments.ts';
import { canConnect, freePorts } from '#tools/local/process/ports.ts';
import type { Call } from '../../load/http.ts';
import { callsPerSecond } from '../../load/throughput.ts';
import { type Contender, withCpu } from '../alternate.ts';
import type { Laboratory } from '../laboratory.ts';

/** What node:http adds by itself. */
const own = ['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'];

/** A bare node:http server that answers the same headers and bytes as the application. */
export function bareHttp(
  { guard, servers }: Laboratory,
  { from, path: url, count }: { from: string; path: string; count: number },
): Contender {
  const run = async () => {
    const answer = await fetch(`${from}${url}`);
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !own.includes(name)));
    const [port = 0] = await freePorts(1);
    const script = fileURLToPath(new URL('./bare-server.ts', import.meta.url));
    const args = [...typescriptOptions, script, String(port), JSON.stringify(headers), await answer.text()];
    const logFile = path.join(servers.dir, 'bare-http.log');
    const service = startProcess({ name: 'the bare server', file: process.execPath, args, logFile }, guard);
    try {
      const isReady = () => canConnect('127.0.0.1', port);
      await waitUntilReady(service, { isReady, timeoutMs: 30_000, logFile });
      const call = (): Call => ({ method: 'GET', path: url });
      const base = `http://127.0.0.1:${port}`;
      await callsPerSecond(base, { count: Math.ceil(count / 4), call });
      const serve = async () => ({ 'per second': await callsPerSecond(base, { count, call }) });
      return await withCpu(count, serve, () => [service.pid]);
    } finally {
      await service.stop();
    }
  };
  return { name: 'node:http alone', run };
}
