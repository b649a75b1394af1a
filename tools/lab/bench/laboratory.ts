import { seconds } from '#tools/local/cli/progress.ts';
import { readSettings } from '#tools/local/cli/settings.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { newFolder } from '../folders.ts';
import { type OurSystem, startOurSystem } from '../systems/our-system.ts';
import { runningPeer, startPeerSystem } from '../systems/peer-system.ts';
import { startServers } from '../systems/servers.ts';
import type { System } from '../systems/system.ts';
import type { Options, OtherNode } from './options.ts';
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

function nameOf({ version }: OtherNode) {
  return `Node ${version}` as const;
}

/** Starts the servers; the systems follow when a workload needs them. */
export async function openLaboratory(options: Options, guard: Guard, tell: (line: string) => void) {
  const { sizes, rounds, minutes, peerUrl, peerCommand, otherNode } = options;
  const profiler = options.profile === undefined ? undefined : createProfiler(options.profile);
  // The servers in the environment are not used: what is measured must be known.
  const servers = await startServers({ dir: newFolder(), guard, settings: readSettings({}), isProxied: false });
  let running: { variant: Variant; system: OurSystem } | undefined;
  let peer: { variant: Variant; system: System } | undefined;

  const told = <T extends System>(system: T) => {
    tell(`${system.name} started in ${seconds(system.startMs)}`);
    return system;
  };
  const startOurs = (namespace: Variant, added: Readonly<Record<string, string>> = {}) => {
    const { redisNumber, env } = variants[namespace];
    return startOurSystem({ servers, guard, namespace, redisNumber, env: { ...env, ...profiler?.env, ...added } });
  };
  const startOnOtherNode = async (other: OtherNode, variant: Variant): Promise<System> => {
    const { redisNumber, env } = variants[variant];
    const place = { namespace: `${variant}-other`, redisNumber: redisNumber + Object.keys(variants).length };
    return { ...(await startOurSystem({ servers, guard, ...place, env, node: other.file })), name: nameOf(other) };
  };
  const peerStarter = (): ((variant: Variant) => Promise<System>) | undefined => {
    if (otherNode !== undefined) return (variant) => startOnOtherNode(otherNode, variant);
    return peerCommand === undefined ? undefined : () => startPeerSystem({ servers, guard, command: peerCommand });
  };
  const startPeer = peerStarter();
  const stopOurs = async () => {
    const stopping = running;
    running = undefined;
    await stopping?.system.stop();
  };
  const stopPeer = async () => {
    const stopping = peer;
    peer = undefined;
    await stopping?.system.stop();
  };
  /** Only this application on another Node has variants. */
  const getPeer = async (asked: Variant) => {
    const variant = otherNode === undefined ? 'production' : asked;
    if (peer !== undefined && peer.variant !== variant) await stopPeer();
    if (peerUrl !== undefined) peer ??= { variant, system: runningPeer(peerUrl) };
    if (startPeer !== undefined) peer ??= { variant, system: told(await startPeer(variant)) };
    return peer?.system;
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
    /** undefined where there is none, and for one that runs already */
    startPeer,
    peerName: otherNode === undefined ? ('peer' as const) : nameOf(otherNode),
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
    localPeer: async (variant: Variant) => (peerUrl === undefined ? getPeer(variant) : undefined),
    /** for what is measured without a peer */
    stopPeer,
    async stopSystems() {
      await Promise.all([stopOurs(), stopPeer()]);
    },
  };
}
