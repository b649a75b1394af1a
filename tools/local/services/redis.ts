import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startProcess, waitUntilReady } from '../process/managed-process.ts';
import { probe } from '../process/ports.ts';
import type { ServiceContext } from './service.ts';

export async function startRedis(
  { dir, port, logFile, pidFile, guard, options = [], isThrowAway }: ServiceContext,
  programs: { server: string },
) {
  const data = path.join(dir, 'redis');
  mkdirSync(data, { recursive: true });
  const persistence = isThrowAway ? ['--save', '', '--appendonly', 'no'] : ['--save', '60', '1', '--appendonly', 'no'];
  const service = startProcess(
    {
      name: 'Redis',
      file: programs.server,
      args: [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        data,
        '--daemonize',
        'no',
        ...persistence,
        ...options,
      ],
      logFile,
      ...(pidFile === undefined ? {} : { pidFile }),
    },
    guard,
  );
  const isReady = () => probe(port, { send: 'PING\r\n', isAnswer: (data) => data.toString().startsWith('+PONG') });
  return { service, ready: waitUntilReady(service, { isReady, timeoutMs: 30_000, logFile }) };
}
