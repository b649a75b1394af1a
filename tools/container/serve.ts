// The application's container: prepares tables and topics and runs the built handlers until SIGTERM. Everything that it needs
// is in the image; the servers' URLs come from the environment.
import { runApp } from '../local/app/run-app.ts';
import { readSettings } from '../local/cli/settings.ts';
import { StartError } from '../local/cli/start-error.ts';
import { noGuard } from '../local/process/guard-client.ts';
import { runWithShutdown, type Shutdown, stayAlive, unlessAborted } from '../local/process/shutdown.ts';

async function serve(shutdown: Shutdown): Promise<void> {
  const settings = readSettings(process.env);
  if (settings.local.length > 0) {
    throw new StartError(`No server runs in this container. Set the URL of: ${settings.local.join(', ')}.`);
  }
  const ready = Promise.resolve();
  const services = { mysql: ready, redis: ready, kafka: ready, mail: ready };
  await unlessAborted(shutdown.signal, runApp({ settings, services, shutdown, guard: noGuard }));
  await stayAlive(shutdown.signal);
}

process.exit(await runWithShutdown(serve));
