import { seconds } from '#tools/local/cli/progress.ts';
import { readSettings } from '#tools/local/cli/settings.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { newFolder } from '../folders.ts';
import { type OurSystem, startOurSystem } from '../systems/our-system.ts';
import { runningPeer, startPeerSystem } from '../systems/peer-system.ts';
import { startServers } from '../systems/servers.ts';
import type { System } from '../systems/system.ts';
import type { Options } from './options.ts';
import { createProfiler } from './profile/profiler.ts';

export type Variant = keyof typeof variants;

export type Laboratory = Awaited<ReturnType<typeof openLaboratory>>;

/** Hashing takes next to no time: what remains is the cost of everything else. */
const cheapPasswords = { PASSWORD_HASH_MEMORY_KIB: '8', PASSWORD_HASH_PASSES: '1' };

/** What differs between the applications that are measured. Each has databases and topics of its own. */
const variants = {
  /** With the default settings. */
  production: { redisNumber: 1, env: {} },
  minimum: { redisNumber: 2, env: cheapPasswords },
  /** Its tables are swapped for larger ones. */
  growth: { redisNumber: 3, env: cheapPasswords },
  /** Its starts are measured. */
  start: { redisNumber: 4, env: {} },
  /** Runs for minutes. */
  soak: { redisNumber: 5, env: cheapPasswords },
};

/** Starts the servers; the systems follow when a workload needs them. */
export async function openLaboratory(options: Options, guard: Guard, tell: (line: string) => void) {
  const { sizes, rounds, minutes, peerUrl, peerCommand } = options;
  const profiler = options.profile === undefined ? undefined : createProfiler(options.profile);
  // The servers in the environment are not used: what is measured must be known.
  const servers = await startServers({ dir: newFolder(), guard, settings: readSettings({}), isProxied: false });
  let running: { variant: Variant; system: OurSystem } | undefined;
  let peer: System | undefined;

  const told = <T extends System>(system: T) => {
    tell(`${system.name} started in ${seconds(system.startMs)}`);
    return system;
  };
  const startOurs = (namespace: Variant, added: Readonly<Record<string, string>> = {}) => {
    const { redisNumber, env } = variants[namespace];
    return startOurSystem({ servers, guard, namespace, redisNumber, env: { ...env, ...profiler?.env, ...added } });
  };
  const startPeer =
    peerCommand === undefined ? undefined : () => startPeerSystem({ servers, guard, command: peerCommand });
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
  const getPeer = async () => {
    if (peerUrl !== undefined) peer ??= runningPeer(peerUrl);
    if (startPeer !== undefined) peer ??= told(await startPeer());
    return peer;
  };
  return {
    sizes,
    rounds,
    minutes,
    tell,
    guard,
    servers,
    /** starts another instance, which the caller stops */
    startOurs,
    /** undefined without a command that starts it */
    startPeer,
    profiler,
    /** started at its first use; one variant at a time */
    async ours(variant: Variant): Promise<OurSystem> {
      if (running?.variant !== variant) {
        await stopOurs();
        running = { variant, system: told(await startOurs(variant)) };
      }
      profiler?.begin(running.system.pids());
      return running.system;
    },
    /** started at its first use; undefined when there is none to compare with */
    peer: getPeer,
    /** the peer if it works on the servers of the run */
    localPeer: async () => (peerUrl === undefined ? getPeer() : undefined),
    /** for what is measured without a peer */
    stopPeer,
    async stopSystems() {
      await Promise.all([stopOurs(), stopPeer()]);
    },
  };
}
