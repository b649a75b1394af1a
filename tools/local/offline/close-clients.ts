import { loadedVersions, retire } from './code-versions.ts';

/** The longest wait for work that the function left running. */
const waitMs = 5000;
/** After this the process exits even if something keeps it alive. */
const exitAfterMs = 1000;

/**
 * Ends `sls invoke local`: Lambda freezes a function with its connections open, but here they would keep the process alive.
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
