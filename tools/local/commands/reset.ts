import { existsSync, rmSync } from 'node:fs';
import { holderOf, tryLock } from '#tools/bootstrap/lock.mjs';
import { dataDir, logDir, runDir } from '#tools/paths.ts';
import { readOptions, runCommand } from '../cli/options.ts';
import { say, step } from '../cli/progress.ts';
import { readSettings } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { examineDocker, removeContainers, runningContainers } from '../services/docker.ts';
import { endStaleServices, servicesLock } from '../services/native.ts';

const help = `npm run reset

Removes the data of the services that npm start runs: databases, topics, cache, mails, logs. Nothing else is changed.
`;

/** `npm run reset` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    readOptions(args, {});
    const release = tryLock(servicesLock);
    if (release === undefined)
      throw new StartError(`npm start is running (process ${holderOf(servicesLock)}): stop it first`);
    try {
      await reset();
    } finally {
      release();
    }
    return 0;
  });
}

async function reset() {
  await endStaleServices(runDir);
  const { ports } = readSettings({});
  const { hasEngine, problem } = await examineDocker();
  const isUsable = hasEngine && problem === undefined;
  if (isUsable) {
    const running = await runningContainers({ ports });
    if (running.length > 0)
      throw new StartError(
        `these containers are running: ${running.join(', ')}; run docker compose --profile '*' stop first`,
      );
    await step('remove volumes', () => removeContainers({ ports }));
  }
  if (problem !== undefined) say(`  ! Docker volumes were not removed: ${problem.what}.`);
  const folders = [dataDir, logDir].filter((folder) => existsSync(folder));
  if (folders.length > 0) {
    await step('remove data and logs', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
  } else if (!isUsable) say('There is no data to remove.');
}
