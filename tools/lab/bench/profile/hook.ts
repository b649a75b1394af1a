import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/** NODE_OPTIONS loads this into every process of the application; `serverless offline` is the one that runs the handlers. */
const { BENCH_PROFILE_FILE: file, BENCH_HEAP_FILE: heapFile } = process.env;
const isApplication = process.argv.includes('offline');

if (heapFile !== undefined && isApplication) {
  const session = new Session();
  session.connect();
  const write = () => {
    writeFileSync(`${heapFile}.part`, String(process.memoryUsage().heapUsed));
    renameSync(`${heapFile}.part`, heapFile);
  };
  process.on('SIGUSR2', () => session.post('HeapProfiler.collectGarbage', write));
}

if (file !== undefined && isApplication) {
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
