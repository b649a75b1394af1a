import { seconds } from '#local/cli/progress.mjs';
import { createProfiler } from './profile/profiler.mjs';
import { startOurSystem } from './system/our-system.mjs';
import { preparePeer, runningPeer, startPeerSystem } from './system/peer-system.mjs';
import { startServers } from './system/servers.mjs';

/**
 * @typedef {import('./system/system.mjs').System} System
 * @typedef {import('./system/system.mjs').OurSystem} OurSystem
 * @typedef {keyof typeof variants} Variant
 *
 * @typedef {object} Laboratory
 * @property {import('./sizes.mjs').Sizes} sizes
 * @property {number} rounds
 * @property {(line: string) => void} tell
 * @property {import('#local/process/guard-client.mjs').Guard} guard
 * @property {import('./system/servers.mjs').Servers} servers
 * @property {string | undefined} peerCommand
 * @property {(variant: Variant) => Promise<OurSystem>} ours started at its first use; one variant at a time
 * @property {() => Promise<System | undefined>} peer the same; undefined when there is none to compare with
 * @property {() => Promise<System | undefined>} localPeer the peer if it works on the servers of the run
 * @property {() => Promise<void>} stopPeer for what is measured without one
 * @property {() => Promise<void>} stopSystems
 * @property {import('./profile/profiler.mjs').Profiler | undefined} profiler
 */

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

/**
 * Starts the servers; the systems follow when a workload asks for them.
 * @param {object} options
 * @param {string} options.dir
 * @param {import('#local/process/guard-client.mjs').Guard} options.guard
 * @param {import('./options.mjs').Options} options.options
 * @param {(line: string) => void} options.tell
 * @returns {Promise<Laboratory>}
 */
export const openLaboratory = async ({ dir, guard, options, tell }) => {
  const { sizes, rounds, peerUrl, peerCommand } = options;
  const profiler = options.profile === undefined ? undefined : createProfiler(options.profile);
  const servers = await startServers(dir, guard);
  /** @type {{ variant: Variant, system: OurSystem } | undefined} */
  let running;
  /** @type {System | undefined} */
  let peer;

  /** @template {System} T @param {T} system */
  const told = (system) => {
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
  const startPeer = async (/** @type {string} */ command) => {
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
};
