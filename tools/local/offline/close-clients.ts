import { loadedVersions, retire } from './code-versions.ts';

/** How long what the function left running may take. */
const waitMs = 5000;
/** When the process is ended although something still holds it. */
const exitAfterMs = 1000;

/**
 * Lets `sls invoke local` end: on Lambda a function is frozen with its connections open, here they would keep the process
 * alive for ever.
 */
export default class CloseClients {
  readonly hooks: Record<string, () => unknown>;
  constructor() {
    this.hooks = {
      'after:invoke:local:invoke': async () => {
        await retire(loadedVersions(), { waitMs });
        setTimeout(() => process.exit(), exitAfterMs).unref();
      },
    };
  }
}
