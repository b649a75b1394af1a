import { execFile } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { findNodeModules, PACKAGE } from './node-modules.ts';

const run = promisify(execFile);

export interface PackedPackage {
  readonly tarball: string;
  readonly files: readonly string[];
  /** Where it was built. */
  readonly source: string;
}

/** Builds and packs a copy below `root`, so that other tests never see a partial dist. */
export async function packPackage(root: string): Promise<PackedPackage> {
  const nodeModules = findNodeModules();
  const source = path.join(root, 'repository/plugins/copy');
  cpSync(PACKAGE, source, { recursive: true, filter: (file) => !/[/\\](node_modules|dist)$/.test(file) });
  cpSync(path.join(nodeModules, '../tsconfig.json'), path.join(root, 'repository/tsconfig.json'));
  symlinkSync(nodeModules, path.join(root, 'repository/node_modules'));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts=false', '--pack-destination', root], {
    cwd: source,
  });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error(`npm pack answered ${stdout}`);
  return { tarball: path.join(root, packed.filename), files: packed.files.map((file) => file.path), source };
}
