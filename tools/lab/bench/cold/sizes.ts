import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleHandlers } from '#tools/build/handlers.ts';
import { rootDir } from '#tools/paths.ts';
import { newFolder } from '../folders.ts';

/** What is packaged does not depend on it, but a deployed stage must name its brokers. */
const brokers = 'b-1.example.com:9092';

/**
 * @param sources by function
 * @returns bytes, by function
 */
export async function measureSizes(
  sources: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, { minified: number; zipped: number }>> {
  const folder = newFolder();
  const script = path.join(rootDir, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const env = { ...process.env, KAFKA_BROKERS: brokers, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const args = [script, 'package', '--stage', 'prod', '--package', folder];
  await promisify(execFile)(process.execPath, args, { cwd: rootDir, env });
  const bundles = await bundleHandlers([...sources.values()]);
  return new Map(
    [...sources].map(([name, source]) => [
      name,
      {
        minified: bundles.get(source)?.code.length ?? 0,
        zipped: statSync(path.join(folder, `${name}.zip`)).size,
      },
    ]),
  );
}
