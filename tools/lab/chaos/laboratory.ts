import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '#tools/local/cli/settings.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import type { Dependency } from '../faults/faults.ts';
import type { Victim } from '../faults/target.ts';
import { newFolder, removeFolder } from '../folders.ts';
import { newTag, registerOne } from '../load/registrations.ts';
import { startOurSystem } from '../systems/our-system.ts';
import { startPeerSystem } from '../systems/peer-system.ts';
import { type Servers, startServers } from '../systems/servers.ts';
import type { StartedSystem } from '../systems/system.ts';

/** A system that runs on servers of its own, ready for faults. */
export interface Laboratory {
  servers: Servers;
  system: StartedSystem;
  victims: Readonly<Record<Dependency, Victim>>;
  /** whom the reads request */
  userId: number;
  signal: AbortSignal;
  stop: () => Promise<void>;
}

export interface LaboratoryOptions {
  guard: Guard;
  settings: Pick<Settings, 'local' | 'urls'>;
  signal: AbortSignal;
  /** starts the peer instead of this system */
  peerCommand?: string;
  /** keeps logs and data */
  keepsData?: boolean;
  /** of the application */
  env?: Readonly<Record<string, string>>;
}

const logLimitBytes = 16 * 1024 * 1024;
const logCheckMs = 5000;

/**
 * Keeps about the last 16 to 32 MB of each log: an application that meets an outage for half an hour prints a lot. Its file
 * stays open while it is copied and emptied, as with logrotate's copytruncate.
 * @returns stops
 */
function boundLogs(folder: string) {
  const timer = setInterval(() => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
      const file = path.join(folder, name);
      if (statSync(file).size < logLimitBytes) continue;
      copyFileSync(file, `${file}.1`);
      truncateSync(file);
    }
  }, logCheckMs);
  return () => clearInterval(timer);
}

/** Starts the servers and the system on them. */
export async function openLaboratory(options: LaboratoryOptions): Promise<Laboratory> {
  const { guard, settings, signal, peerCommand, keepsData = false, env = {} } = options;
  const dir = newFolder();
  const stops: (() => Promise<void> | void)[] = keepsData ? [] : [() => removeFolder(dir)];
  stops.unshift(boundLogs(dir));
  const stop = async () => {
    for (const end of stops.splice(0)) await end();
  };
  try {
    const servers = await startServers({ dir, guard, settings, isProxied: true });
    stops.unshift(servers.stop);
    const namespace = `chaos${newTag()}`;
    const ourEnv = { LOG_LEVEL: process.env.LOG_LEVEL ?? 'WARN', ...env };
    const system =
      peerCommand === undefined
        ? await startOurSystem({ servers, guard, namespace, isProxied: true, env: ourEnv })
        : await startPeerSystem({ servers, guard, command: peerCommand, isProxied: true });
    stops.unshift(system.stop);
    const userId = await registerOne(system.base, `${newTag()}reader@b.io`);
    return { servers, system, victims: { ...servers.victims, ...system.victims }, userId, signal, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
