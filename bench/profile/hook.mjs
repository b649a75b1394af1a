import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** Loaded into every process of the application by NODE_OPTIONS; the one that runs the handlers is `serverless offline`. */
const file = process.env['BENCH_PROFILE_FILE'];

if (file !== undefined && process.argv.includes('offline')) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 500 });
  let isRunning = false;
  // The first signal begins, the second writes what was found.
  process.on('SIGUSR2', () => {
    if (!isRunning) session.post('Profiler.start');
    else session.post('Profiler.stop', (error, result) => writeFileSync(file, JSON.stringify(error ?? result.profile)));
    isRunning = !isRunning;
  });
}
