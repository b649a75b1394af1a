import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { localDir } from '#local/paths.mjs';
import { startBacking } from './backing.mjs';
import { followJournal } from './journal.mjs';
import { registerOne } from './load.mjs';
import { startOurSystem } from './our-system.mjs';
import { startPeerSystem } from './peer-system.mjs';

/**
 * A system that runs on servers of its own, ready for faults.
 * @typedef {import('./run-fault.mjs').Experiment & { newTag: () => string, stop: () => Promise<void> }} Laboratory
 */

/**
 * Starts the servers and the system on them.
 * @param {object} options
 * @param {import('#local/process/guard-client.mjs').Guard} options.guard
 * @param {Pick<import('#local/config/settings.mjs').Settings, 'local' | 'urls'>} options.settings
 * @param {AbortSignal} options.signal
 * @param {string} [options.peerCommand] starts the peer instead of this system
 * @param {boolean} [options.keepsData] leaves logs and data behind
 * @param {Record<string, string>} [options.env] of the application
 * @returns {Promise<Laboratory>}
 */
export const openLaboratory = async ({ guard, settings, signal, peerCommand, keepsData = false, env = {} }) => {
  const id = randomBytes(3).toString('hex');
  const dir = path.join(localDir, 'chaos', `${process.pid}-${id}`);
  mkdirSync(dir, { recursive: true });
  /** @type {(() => Promise<void> | void)[]} */
  const stops = keepsData ? [] : [() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })];
  const stop = async () => {
    for (const end of stops.splice(0)) await end();
  };
  try {
    const backing = await startBacking({ dir, guard, settings });
    stops.unshift(backing.stop);
    const common = { backing, guard, dir };
    const system =
      peerCommand === undefined
        ? await startOurSystem({ ...common, env })
        : await startPeerSystem({ ...common, command: peerCommand });
    stops.unshift(system.stop);
    let tags = 0;
    const newTag = () => {
      tags += 1;
      return `${id}f${tags}n`;
    };
    const userId = await registerOne(system.base, `${id}reader@b.io`);
    return { system, mails: followJournal(system.journal), userId, signal, newTag, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
