import { existsSync, rmSync } from 'node:fs';
import { holderOf, tryLock } from '#tools/bootstrap/lock.mjs';
import { dataDir, logDir, runDir } from '#tools/paths.ts';
import { requireKnown, resetHelp, wantsHelp } from '../cli/options.ts';
import { say, step } from '../cli/progress.ts';
import { describe, StartError } from '../cli/start-error.ts';
import { readSettings, type ServiceName } from '../config/settings.ts';
import { hasDocker, removeContainers, runningContainers } from '../services/docker.ts';
import { endStaleServices, serviceFiles } from '../services/native.ts';
import { servicesLock } from '../services/services-lock.ts';

/**
 * `npm run reset`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
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
      const all = Object.keys(serviceFiles) as ServiceName[];
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
