import { describe } from '../cli/start-error.ts';
import { ensureCommands } from '../install/ensure-commands.ts';

/**
 * Installs the named commands where they are missing: `node tools/bootstrap/run.mjs local/commands/install javac`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
  try {
    await ensureCommands(args);
    return 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}
