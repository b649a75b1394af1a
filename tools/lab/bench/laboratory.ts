import { seconds } from '#tools/local/cli/progress.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import type { Options } from './options.ts';
import { createProfiler, type Profiler } from './profile/profiler.ts';
import type { Sizes } from './sizes.ts';
import { startOurSystem } from './system/our-system.ts';
import { preparePeer, runningPeer, startPeerSystem } from './system/peer-system.ts';
import { type Servers, startServers } from './system/servers.ts';
import type { OurSystem, System } from './system/system.ts';

export type Variant = keyof typeof variants;

export interface Laboratory {
  sizes: Sizes;
  rounds: number;
  tell: (line: string) => void;
  guard: Guard;
  servers: Servers;
  peerCommand: string | undefined;
  /** started at its first use; one variant at a time */
  ours: (variant: Variant) => Promise<OurSystem>;
  /** the same; undefined when there is none to compare with */
  peer: () => Promise<System | undefined>;
  /** the peer if it works on the servers of the run */
  localPeer: () => Promise<System | undefined>;
  /** for what is measured without one */
  stopPeer: () => Promise<void>;
  stopSystems: () => Promise<void>;
  profiler: Profiler | undefined;
}

/** Passwords cost next to nothing: what everything else costs. */
const cheapPasswords = { PASSWORD_HASH_MEMORY_KIB: '8', PASSWORD_HASH_PASSES: '1' };

/** What differs between the applications that are measured. Each has databases, topics and a part of Redis of its own. */
const variants = {
  /** As it is run. */
  production: { redis: 1, env: {} },
  minimum: { redis: 2, env: cheapPasswords },
  /** Its tables are swapped for larger ones. */
  growth: { redis: 3, env: cheapPasswords },
};

/** Starts the servers; the systems follow when a workload asks for them. */
export async function openLaboratory({
  dir,
  guard,
  options,
  tell,
}: {
  dir: string;
  guard: Guard;
  options: Options;
  tell: (line: string) => void;
}): Promise<Laboratory> {
  const { sizes, rounds, peerUrl, peerCommand } = options;
  const profiler = options.profile === undefined ? undefined : createProfiler(options.profile);
  const servers = await startServers(dir, guard);
  let running: { variant: Variant; system: OurSystem } | undefined;
  let peer: System | undefined;

  const told = <T extends System>(system: T) => {
    tell(`${system.name} started in ${seconds(system.startMs)}`);
    return system;
  };
  const stopOurs = async () => {
    const stopping = running;
    running = undefined;
    await stopping?.system.stop();
  };
  const stopPeer = async () => {
    const stopping = peer;
    peer = undefined;
    await stopping?.stop();
  };
  const startPeer = async (command: string) => {
    await preparePeer(servers);
    return told(await startPeerSystem({ servers, guard, command }));
  };
  const getPeer = async () => {
    if (peerUrl !== undefined) peer ??= runningPeer(peerUrl);
    if (peerCommand !== undefined) peer ??= await startPeer(peerCommand);
    return peer;
  };
  return {
    sizes,
    rounds,
    tell,
    guard,
    servers,
    peerCommand,
    profiler,
    async ours(variant) {
      if (running?.variant !== variant) {
        await stopOurs();
        const { redis, env } = variants[variant];
        const started = await startOurSystem({ servers, guard, variant, redis, env: { ...env, ...profiler?.env } });
        running = { variant, system: told(started) };
      }
      profiler?.begin(running.system.pids());
      return running.system;
    },
    peer: getPeer,
    localPeer: async () => (peerUrl === undefined ? getPeer() : undefined),
    stopPeer,
    stopSystems: async () => {
      await Promise.all([stopOurs(), stopPeer()]);
    },
  };
}
