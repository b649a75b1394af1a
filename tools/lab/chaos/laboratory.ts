import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '#tools/local/cli/settings.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import type { Excuse } from '../faults/excuses.ts';
import type { Dependency } from '../faults/faults.ts';
import { together, type Victim } from '../faults/target.ts';
import { newFolder, removeFolder } from '../folders.ts';
import { newTag, registerOne } from '../load/registrations.ts';
import { startOurSystem } from '../systems/our-system.ts';
import { startPeerSystem } from '../systems/peer-system.ts';
import { type Servers, startServers } from '../systems/servers.ts';
import type { StartedSystem } from '../systems/system.ts';

/** A system that runs on servers of its own, once or several times, ready for faults. */
export interface Laboratory {
  servers: Servers;
  /** the first replica */
  system: StartedSystem;
  replicas: readonly StartedSystem[];
  /** of all faults so far */
  excuses: Excuse[];
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
  /** how often this system runs (1) */
  replicas?: number;
  /** whether each replica is a process per role */
  isSplit?: boolean;
  /** how many brokers Kafka has (1) */
  brokers?: number;
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

/** Settings for a cluster of several brokers: topics survive one of them. */
const replicatedTopics = { KAFKA_REPLICATION_FACTOR: '3', KAFKA_MIN_INSYNC_REPLICAS: '2' };

/** Starts the servers and the system on them. */
export async function openLaboratory(options: LaboratoryOptions): Promise<Laboratory> {
  const { guard, settings, signal, peerCommand, keepsData = false, env = {} } = options;
  const { replicas: count = 1, brokers = 1, isSplit = false } = options;
  const dir = newFolder();
  const stops: (() => Promise<void> | void)[] = keepsData ? [] : [() => removeFolder(dir)];
  stops.unshift(boundLogs(dir));
  const stop = async () => {
    for (const end of stops.splice(0)) await end();
  };
  try {
    const servers = await startServers({ dir, guard, settings, isProxied: true, brokers });
    stops.unshift(servers.stop);
    const namespace = `chaos${newTag()}`;
    const ourEnv = { LOG_LEVEL: process.env.LOG_LEVEL ?? 'WARN', ...(brokers > 1 ? replicatedTopics : {}), ...env };
    const startReplica = async (name: string) => {
      const system =
        peerCommand === undefined
          ? await startOurSystem({ servers, guard, namespace, name, isProxied: true, isSplit, env: ourEnv })
          : await startPeerSystem({ servers, guard, command: peerCommand, isProxied: true });
      stops.unshift(system.stop);
      return system;
    };
    const first = await startReplica('replica-1');
    const names = Array.from({ length: count - 1 }, (_, index) => `replica-${index + 2}`);
    const replicas = [first, ...(await Promise.all(names.map(startReplica)))];
    const userId = await registerOne(first.base, `${newTag()}reader@b.io`);
    const { leaderOf } = servers;
    const choose = leaderOf === undefined ? {} : { choose: () => leaderOf(first.sendTopic) };
    const kafka = { ...servers.victims.kafka, ...choose };
    const apps = together(replicas.map(({ victims: { app } }) => app));
    const victims = { ...servers.victims, kafka, ...first.victims, apps };
    return { servers, system: first, replicas, excuses: [], victims, userId, signal, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
