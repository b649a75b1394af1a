import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { probes } from './probes.ts';
import { type ServiceContext, type StartedService, startService } from './service.ts';

export async function startRedis(context: ServiceContext, programs: { server: string }): Promise<StartedService> {
  const { dir, port, options = [], isThrowAway } = context;
  const data = path.join(dir, 'redis');
  mkdirSync(data, { recursive: true });
  const address = ['--port', String(port), '--bind', '127.0.0.1'];
  const persistence = ['--save', ...(isThrowAway ? [''] : ['60', '1']), '--appendonly', 'no'];
  const args = [...address, '--dir', data, '--daemonize', 'no', ...persistence, ...options];
  const isReady = () => probes.redis(port);
  return startService(context, { name: 'Redis', file: programs.server, args }, { isReady, timeoutMs: 30_000 });
}
