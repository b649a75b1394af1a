import { existsSync, rmSync } from 'node:fs';
import { requireKnown, resetHelp, wantsHelp } from '../cli/options.mjs';
import { say, step } from '../cli/progress.mjs';
import { describe, StartError } from '../cli/start-error.mjs';
import { readSettings } from '../config/settings.mjs';
import { dataDir, logDir, runDir } from '../paths.mjs';
import { holderOf, tryLock } from '../process/lock.mjs';
import { hasDocker, removeContainers, runningContainers } from '../services/docker.mjs';
import { endStaleServices, serviceFiles } from '../services/native.mjs';
import { servicesLock } from '../services/services-lock.mjs';

/**
 * `npm run reset`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  if (wantsHelp(args)) {
    process.stdout.write(resetHelp);
    return 0;
  }
  try {
    requireKnown(args, []);
    await reset();
    return 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}

async function reset() {
  const release = tryLock(servicesLock) ?? tryLock(servicesLock);
  if (release === undefined) throw new StartError(`npm start runs (process ${holderOf(servicesLock)}): stop it first`);
  try {
    await endStaleServices(runDir);
    const { ports } = readSettings({});
    if (!process.env.NO_DOCKER && (await hasDocker())) {
      const all = /** @type {import('../config/settings.mjs').ServiceName[]} */ (Object.keys(serviceFiles));
      const running = await runningContainers(all, ports);
      if (running.length > 0)
        throw new StartError(`these containers run: ${running.join(', ')}; stop them first: docker compose stop`);
      await step('remove volumes', () => removeContainers(ports));
    }
    if (!existsSync(dataDir)) return say('There is no data to remove.');
    await step('remove the data', () => {
      for (const folder of [dataDir, logDir]) rmSync(folder, { recursive: true, force: true });
    });
  } finally {
    release();
  }
}
