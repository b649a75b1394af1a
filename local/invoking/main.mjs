import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBuild } from '../app/build.mjs';
import { invokeHelp, wantsHelp } from '../cli/options.mjs';
import { describe, StartError } from '../cli/start-error.mjs';
import { readSettings } from '../config/settings.mjs';
import { ensureNodeModules } from '../install/node-modules.mjs';
import { rootDir } from '../paths.mjs';
import { functionNames, parseArguments } from './arguments.mjs';

/**
 * `npm run invoke`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  if (args.length === 0 || wantsHelp(args)) {
    process.stdout.write(invokeHelp);
    return args.length === 0 ? 1 : 0;
  }
  try {
    await ensureNodeModules();
    const yaml = await import('yaml');
    const names = functionNames(yaml.parse(readFileSync(path.join(rootDir, 'serverless.yml'), 'utf8')));
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

/**
 * @param {string} name
 * @param {string} file
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<number>}
 */
function invokeLocal(name, file, env) {
  const serverless = path.join(rootDir, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const args = [serverless, 'invoke', 'local', '--function', name, '--path', file];
  const child = spawn(process.execPath, args, { cwd: rootDir, env, stdio: 'inherit' });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
