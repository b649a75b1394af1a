import { run } from './run.ts';

const SCRIPT = [
  'import os, sys, zipfile',
  'source, target, *names = sys.argv[1:]',
  'for name in names: zipfile.ZipFile(os.path.join(source, name)).extractall(os.path.join(target, name[:-4]))',
];

/** Unpacks zips of one folder, each into a folder of its name. */
export async function unpack(from: string, to: string, zips: readonly string[]): Promise<void> {
  await run('python3', ['-c', SCRIPT.join('\n'), from, to, ...zips]);
}
