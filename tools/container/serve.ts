// The application's container: prepares tables and topics and runs the built handlers until SIGTERM. Everything that it needs
// is in the image; the servers' URLs come from the environment.
import { runApp } from '../local/app/run-app.ts';
import { readSettings, serviceNames } from '../local/cli/settings.ts';
import { describe, StartError } from '../local/cli/start-error.ts';
import { noGuard } from '../local/process/guard-client.ts';
import { createShutdown, unlessAborted } from '../local/process/shutdown.ts';

async function serve(): Promise<number> {
  const shutdown = createShutdown();
  try {
    const settings = readSettings(process.env);
    if (settings.local.length > 0) {
      throw new StartError(`No server runs in this container. Set the URL of: ${settings.local.join(', ')}.`);
    }
    const ready = Promise.resolve();
    const services = Object.fromEntries(serviceNames.map((name) => [name, ready])) as Record<
      (typeof serviceNames)[number],
      Promise<void>
    >;
    await unlessAborted(shutdown.signal, runApp({ settings, services, shutdown, guard: noGuard }));
    if (!shutdown.signal.aborted) {
      const keepAlive = setInterval(() => {}, 60_000);
      await new Promise((resolve) => shutdown.signal.addEventListener('abort', resolve, { once: true }));
      clearInterval(keepAlive);
    }
    return 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    shutdown.request('failure');
    return 1;
  } finally {
    await shutdown.run();
  }
}

process.exit(await serve());
