import { ensureBuild } from '../app/build.ts';
import { readOptions, runCommand } from '../cli/options.ts';
import { step } from '../cli/progress.ts';

const help = `npm run build

Builds the handlers, the serverless plugins and the generated files into dist/ and generated/, unless they are up to date.
`;

/** `npm run build` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    readOptions(args, {});
    await step('build', ensureBuild);
    return 0;
  });
}
