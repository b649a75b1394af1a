import { wantsHelp } from '#tools/local/cli/options.ts';
import { say } from '#tools/local/cli/progress.ts';
import { describe, maskSecrets } from '#tools/local/cli/start-error.ts';
import { startGuard } from '#tools/local/process/guard-client.ts';
import { watchParent } from '#tools/local/process/parent.ts';
import { createShutdown, type Shutdown, unlessAborted } from '#tools/local/process/shutdown.ts';
import { removeFolders } from './folders.ts';
import { watchMachine } from './report.ts';
import { rememberProcesses } from './systems/processes.ts';

/** What a run of the laboratory works with. */
export type Surroundings = ReturnType<typeof surround>;

export interface Program<O> {
  args: readonly string[];
  help: string;
  readOptions: () => O;
  /** whether logs and data stay */
  keepsData?: (options: O) => boolean;
  /** @returns exit code */
  run: (options: O, surroundings: Surroundings) => Promise<number>;
  /** the last line, printed when everything has stopped */
  closing?: () => string;
}

/**
 * Runs a program of the laboratory until it ends or is interrupted, and stops everything that it started.
 * @returns exit code
 */
export async function runProgram<O>(program: Program<O>): Promise<number> {
  const { args, help, readOptions, keepsData, run, closing } = program;
  if (wantsHelp(args)) {
    process.stdout.write(help);
    return 0;
  }
  const shutdown = createShutdown();
  let code = 1;
  try {
    const options = readOptions();
    code = (await unlessAborted(shutdown.signal, run(options, surround(shutdown, keepsData?.(options))))) ?? 130;
  } catch (error) {
    process.stderr.write(`${maskSecrets(describe(error))}\n`);
    shutdown.request('failure');
  }
  await shutdown.run();
  if (closing !== undefined) say(closing());
  return code;
}

/** Makes sure that processes and folders of this run do not outlive it. */
function surround(shutdown: Shutdown, keepsData: boolean = false) {
  watchParent(shutdown);
  const { guard, killAll } = rememberProcesses(startGuard());
  shutdown.add(1, killAll);
  if (!keepsData) shutdown.add(2, removeFolders);
  shutdown.add(9, () => guard.close());
  removeFolders();
  return { guard, signal: shutdown.signal, machine: watchMachine() };
}
