import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** NODE_OPTIONS loads this into every process of the application; `serverless offline` is the one that runs the handlers. */
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
  // The first signal starts the profile, the second writes it.
  process.on('SIGUSR2', () => {
    if (isRunning) session.post('Profiler.stop', (error, result) => error === null && write(result.profile));
    else session.post('Profiler.start');
    isRunning = !isRunning;
  });
}
