import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { probe } from '../process/ports.ts';
import { type ServiceContext, type StartedService, startService } from './service.ts';

export async function startRedis(context: ServiceContext, programs: { server: string }): Promise<StartedService> {
  const { dir, port, options = [], isThrowAway } = context;
  const data = path.join(dir, 'redis');
  mkdirSync(data, { recursive: true });
  const address = ['--port', String(port), '--bind', '127.0.0.1'];
  const persistence = ['--save', ...(isThrowAway ? [''] : ['60', '1']), '--appendonly', 'no'];
  const args = [...address, '--dir', data, '--daemonize', 'no', ...persistence, ...options];
  const isReady = () => probe(port, { send: 'PING\r\n', isAnswer: (data) => data.toString().startsWith('+PONG') });
  return startService(context, { name: 'Redis', file: programs.server, args }, { isReady, timeoutMs: 30_000 });
}
