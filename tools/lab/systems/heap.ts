import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { newFolder } from '../folders.ts';

const limitMs = 10_000;

/** Runs in the measured process: collects garbage, then writes the size of what is left to a file named after the process. */
const hook = `
import { renameSync, writeFileSync } from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';
process.on('SIGUSR2', () => {
  v8.setFlagsFromString('--expose-gc');
  vm.runInNewContext('gc')();
  const file = process.env.LAB_HEAP_FOLDER + '/' + process.pid;
  writeFileSync(file + '.part', String(process.memoryUsage().heapUsed));
  renameSync(file + '.part', file);
});`;

/**
 * Measures heaps of other processes.
 * @returns env: what these processes have to be started with; heapMb: in MB of 1,000,000 bytes, after a collection
 */
export function openHeapProbe() {
  const folder = newFolder();
  return {
    env: {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
      LAB_HEAP_FOLDER: folder,
    },
    /** @throws when the process does not answer */
    async heapMb(pid: number): Promise<number> {
      const file = path.join(folder, String(pid));
      rmSync(file, { force: true });
      process.kill(pid, 'SIGUSR2');
      let bytes = 0;
      const isThere = () => {
        bytes = Number(readFileSync(file, 'utf8'));
        return true;
      };
      if (!(await waitFor(isThere, { timeoutMs: limitMs }))) throw new Error(`process ${pid} did not measure its heap`);
      return bytes / 1e6;
    },
  };
}
