import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { rootDir } from '#tools/paths.ts';
import { ensureBuild } from '../app/build.ts';
import { readOptions, runCommand } from '../cli/options.ts';
import { readSettings } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';

const help = `npm run invoke -- <function> [--event file]

Calls one function once, without HTTP, with its sample event events/<function>.json or with the given one.
`;

/** `npm run invoke` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    const names = functionNames(parse(readFileSync(path.join(rootDir, 'serverless.yml'), 'utf8')));
    const { name, event } = invokeOptions(args, names);
    const file = path.resolve(event ?? path.join(rootDir, 'events', `${name}.json`));
    if (!existsSync(file))
      throw new StartError(`${path.relative(process.cwd(), file)} does not exist: name a file with --event`);
    const { urls } = readSettings(process.env);
    await ensureBuild();
    return await invokeLocal(name, file, { ...urls, ...process.env });
  });
}

/** The functions of a parsed serverless.yml. */
export function functionNames(config: unknown): string[] {
  const functions =
    typeof config === 'object' && config !== null && 'functions' in config ? config.functions : undefined;
  return typeof functions === 'object' && functions !== null ? Object.keys(functions).sort() : [];
}

/**
 * @param names of all functions
 * @throws {StartError}
 */
export function invokeOptions(args: string[], names: string[]): { name: string; event: string | undefined } {
  const { values, positionals } = readOptions(args, { event: { type: 'string', short: 'e' } }, true);
  const [name, extra] = positionals;
  if (name === undefined) throw new StartError(help.trimEnd());
  if (!names.includes(name))
    throw new StartError([`There is no function '${name}'. These exist:`, ...names].join('\n  '));
  if (extra !== undefined) throw new StartError(`Unexpected argument '${extra}'. Run with --help to list options.`);
  return { name, event: values.event };
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
