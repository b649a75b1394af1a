import { readOptions, runCommand } from '../cli/options.ts';
import { ensureCommands } from '../install/ensure-commands.ts';

const help = `node tools/bootstrap/run.mjs local/commands/install <command>...

Installs the named commands, such as javac, where they are missing. Tests and checks use it.
`;

export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    await ensureCommands(readOptions(args, {}, true).positionals);
    return 0;
  });
}
