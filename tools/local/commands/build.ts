import { ensureBuild } from '../app/build.ts';
import { step } from '../cli/progress.ts';
import { describe } from '../cli/start-error.ts';

/**
 * `npm run build`: builds what `npm start` runs, and marks it as up to date.
 * @returns exit code
 */
export async function main(): Promise<number> {
  try {
    await step('build', ensureBuild);
    return 0;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}
