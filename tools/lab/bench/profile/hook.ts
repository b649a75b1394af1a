import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** Loaded into every process of the application by NODE_OPTIONS; the one that runs the handlers is `serverless offline`. */
const file = process.env['BENCH_PROFILE_FILE'];

if (file !== undefined && process.argv.includes('offline')) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 500 });
  let isRunning = false;
  const write = (profile: unknown) => {
    writeFileSync(`${file}.part`, JSON.stringify(profile));
    renameSync(`${file}.part`, file);
  };
  // The first signal begins, the second writes what was found.
  process.on('SIGUSR2', () => {
    if (isRunning) session.post('Profiler.stop', (error, result) => error === null && write(result.profile));
    else session.post('Profiler.start');
    isRunning = !isRunning;
  });
}
