import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '#tools/local/cli/settings.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { localDir } from '#tools/paths.ts';
import { startBacking } from './backing.ts';
import { followJournal } from './journal.ts';
import { registerOne } from './load.ts';
import { startOurSystem } from './our-system.ts';
import { startPeerSystem } from './peer-system.ts';
import type { Experiment } from './run-fault.ts';

/** A system that runs on servers of its own, ready for faults. */
export type Laboratory = Experiment & { newTag: () => string; stop: () => Promise<void> };

/** Starts the servers and the system on them. */
export async function openLaboratory({
  guard,
  settings,
  signal,
  peerCommand,
  keepsData = false,
  env = {},
}: {
  guard: Guard;
  settings: Pick<Settings, 'local' | 'urls'>;
  signal: AbortSignal;
  /** starts the peer instead of this system */
  peerCommand?: string;
  /** leaves logs and data behind */
  keepsData?: boolean;
  /** of the application */
  env?: Record<string, string>;
}): Promise<Laboratory> {
  const id = randomBytes(3).toString('hex');
  const dir = path.join(localDir, 'chaos', `${process.pid}-${id}`);
  mkdirSync(dir, { recursive: true });
  const stops: (() => Promise<void> | void)[] = keepsData
    ? []
    : [() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 })];
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
}
