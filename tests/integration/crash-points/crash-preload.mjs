// Loaded with --import before a handler: ends the process the hard way at the step that CRASH_AT names.
import { writeSync } from 'node:fs';

const STDERR = 2;
const crashAt = process.env['CRASH_AT'];

if (crashAt !== undefined) {
  Object.defineProperty(globalThis, Symbol.for('event-driven-registration.steps'), {
    value: (/** @type {string} */ step) => {
      if (step !== crashAt) return;
      writeSync(STDERR, `crash point reached: ${step}\n`);
      process.kill(process.pid, 'SIGKILL');
    },
  });
}
