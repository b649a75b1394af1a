import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { ensurePrograms } from '#tools/local/install/native.ts';
import { startGuard } from '#tools/local/process/guard-client.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import { startMariadb } from '#tools/local/services/mariadb.ts';
import { startRedis } from '#tools/local/services/redis.ts';
import type { ServiceContext, StartedService } from '#tools/local/services/service.ts';

export interface OwnServer {
  readonly port: number;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

/** For tests whose servers have settings of their own: skipped where the servers of a run are containers, as npm test reports. */
export const describeWithPrograms = describe.skipIf(process.env['TEST_SERVERS'] === 'containers');

/** Starts a server that one test may break, with its own folder and guard, and waits until it is ready. */
export async function startOwnServer(
  begin: (context: ServiceContext) => Promise<StartedService>,
  options: readonly string[] = [],
): Promise<OwnServer> {
  const dir = mkdtempSync(path.join(tmpdir(), 'own-server-'));
  const guard = startGuard();
  const [port = 0] = await freePorts(1);
  const context = { dir, port, logFile: path.join(dir, 'log'), guard, isThrowAway: true, options: [...options] };
  const { service, ready } = await begin(context);
  await ready;
  return {
    port,
    async stop() {
      signalGroup(service.pid, 'SIGKILL');
      await service.exited;
      await guard.close();
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export function required<T>(program: T | undefined): T {
  if (program === undefined) throw new Error('ensurePrograms did not return the program');
  return program;
}

export async function startOwnMariadb(options: readonly string[] = []): Promise<OwnServer> {
  const { mariadb } = await ensurePrograms(['mysql']);
  return startOwnServer((context) => startMariadb(context, required(mariadb)), options);
}

export async function startOwnRedis(options: readonly string[] = []): Promise<OwnServer> {
  const { redis } = await ensurePrograms(['redis']);
  return startOwnServer((context) => startRedis(context, required(redis)), options);
}
