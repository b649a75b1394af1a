import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { cfnLint } from '#tests/deploy/tools/cfn-lint.ts';
import { nodeOfVersion, runtimeClient, runtimeEmulator } from '#tests/deploy/tools/lambda-runtime.ts';
import { run } from '#tests/deploy/tools/run.ts';
import { unpack } from '#tests/deploy/tools/unpack.ts';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { localDir, runDir } from '#tools/paths.ts';
import { NODE_VERSIONS, STAGES } from './stages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** folder of each packaged stage, by its name in STAGES */
    packages: Readonly<Record<string, string>>;
    /** zips for this machine's processor, unpacked into one folder per function */
    unpacked: string;
    /** the template of these zips */
    runTemplate: string;
  }
}

const sls = path.resolve('node_modules/serverless/bin/serverless.js');

/** A shell without AWS credentials. Of the settings of this run's servers only the brokers remain. */
const packageEnvironment = {
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  TOPIC_PREFIX: undefined,
  GROUP_PREFIX: undefined,
};

async function packageStage(folder: string, args: readonly string[], zipsFrom?: string): Promise<string> {
  const env = { ...packageEnvironment, ZIPS_FROM: zipsFrom };
  // osls always writes into .serverless of the repository.
  await withLock(path.join(runDir, 'package.lock'), () =>
    run(process.execPath, [sls, 'package', '--package', folder, ...args], { env }),
  );
  return folder;
}

/** Prepares what all files need: the tools, a package of each stage, and one package for this machine's processor. */
export default async (project: TestProject): Promise<() => void> => {
  mkdirSync(localDir, { recursive: true });
  const work = mkdtempSync(path.join(localDir, 'deploy-'));
  const nodes = NODE_VERSIONS.map((version) => nodeOfVersion(version));
  const tools = Promise.all([runtimeClient(), runtimeEmulator(), cfnLint(), ...nodes]);
  tools.catch(() => undefined);

  // One at a time: osls packages into one folder and moves it at the end.
  const packages: Record<string, string> = {};
  let zips: string | undefined;
  for (const [name, args] of Object.entries(STAGES)) {
    packages[name] = await packageStage(path.join(work, name), args, zips);
    // The first stage has every function that the others have.
    zips ??= packages[name];
  }
  const here = path.join(work, 'here');
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  await packageStage(here, [
    '--stage',
    'prod',
    '--param',
    `architecture=${architecture}`,
    '--param',
    'diagnostics=true',
    ...['users', 'notifications'].flatMap((name) => [
      ...['--param', `${name}ReaderUrl=ssm:/registration/prod/${name}-reader-url`],
      ...['--param', `${name}MigrationUrl=ssm:/registration/prod/${name}-migration-url`],
    ]),
  ]);
  const unpacked = path.join(work, 'unpacked');
  await unpack(
    here,
    unpacked,
    readdirSync(here).filter((file) => file.endsWith('.zip')),
  );
  await tools;

  project.provide('packages', packages);
  project.provide('unpacked', unpacked);
  project.provide('runTemplate', path.join(here, 'cloudformation-template-update-stack.json'));
  return () => rmSync(work, { recursive: true, force: true });
};
