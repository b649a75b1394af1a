import { say, step } from './cli/progress.mjs';
import { describe } from './cli/start-error.mjs';
import { readSettings } from './config/settings.mjs';
import { ensureNodeModules } from './install/node-modules.mjs';
import { requireSupportedNode } from './install/node-version.mjs';
import { runDir } from './paths.mjs';
import { startGuard } from './process/guard-client.mjs';
import { createShutdown, unlessAborted } from './process/shutdown.mjs';
import { startNatively } from './services/backing.mjs';
import { endStaleServices } from './services/native.mjs';
import { portsInUse, requireFreePorts } from './services/port-check.mjs';

requireSupportedNode();
const shutdown = createShutdown();
let code = 0;
try {
  const settings = readSettings(process.env);
  await endStaleServices(runDir);
  await requireFreePorts(settings, portsInUse(settings, { withApp: false }));
  const guard = startGuard();
  shutdown.add(9, () => guard.close());
  const packages = step('packages', ensureNodeModules);
  const ready = startNatively(settings, { shutdown, guard, packages });
  await unlessAborted(shutdown.signal, Promise.all(Object.values(ready)));
  say('services are ready; Ctrl-C stops them');
  const alive = setInterval(() => {}, 60_000);
  await unlessAborted(shutdown.signal, new Promise(() => {}));
  clearInterval(alive);
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  code = 1;
  shutdown.request('failure');
}
await shutdown.run();
process.exit(code);
