import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { rootDir } from '#tools/paths.ts';
import { ensureBuild } from '../app/build.ts';
import { functionNames, parseArguments } from '../cli/invoke-arguments.ts';
import { invokeHelp, wantsHelp } from '../cli/options.ts';
import { describe, StartError } from '../cli/start-error.ts';
import { readSettings } from '../config/settings.ts';

/**
 * `npm run invoke`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
  if (args.length === 0 || wantsHelp(args)) {
    process.stdout.write(invokeHelp);
    return args.length === 0 ? 1 : 0;
  }
  try {
    const names = functionNames(parse(readFileSync(path.join(rootDir, 'serverless.yml'), 'utf8')));
    const { name, event } = parseArguments(args, names);
    const file = path.resolve(event ?? path.join(rootDir, 'events', `${name}.json`));
    if (!existsSync(file))
      throw new StartError(`${path.relative(process.cwd(), file)} does not exist: name a file with --event`);
    const { urls } = readSettings(process.env);
    await ensureBuild();
    return await invokeLocal(name, file, { ...urls, ...process.env });
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}

function invokeLocal(name: string, file: string, env: Record<string, string | undefined>): Promise<number> {
  const serverless = path.join(rootDir, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const args = [serverless, 'invoke', 'local', '--function', name, '--path', file];
  const child = spawn(process.execPath, args, { cwd: rootDir, env, stdio: 'inherit' });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
