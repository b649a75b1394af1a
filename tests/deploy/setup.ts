import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { cfnLint } from '#tests/deploy/tools/cfn-lint.ts';
import { otherNode, runtimeClient, runtimeEmulator } from '#tests/deploy/tools/lambda-runtime.ts';
import { run } from '#tests/deploy/tools/run.ts';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { localDir, runDir } from '#tools/paths.ts';
import { STAGES } from './stages.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of each packaged stage, by its name in STAGES. */
    packages: Readonly<Record<string, string>>;
    /** The unpacked zips for this machine's processor, a folder for each function, and their template. */
    unpacked: string;
    runTemplate: string;
  }
}

const sls = path.resolve('node_modules/serverless/bin/serverless.js');

/** As a shell without AWS would: no credentials, nothing that was set for the servers of this run but the brokers. */
const packageEnvironment = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', TOPIC_PREFIX: '', GROUP_PREFIX: '' };

async function packageStage(folder: string, args: readonly string[], zipsFrom?: string): Promise<string> {
  const env = { ...packageEnvironment, ZIPS_FROM: zipsFrom };
  // osls works in a folder of the repository, whoever runs it.
  await withLock(path.join(runDir, 'package.lock'), () =>
    run(process.execPath, [sls, 'package', '--package', folder, ...args], { env }),
  );
  return folder;
}

async function unpack(from: string, to: string): Promise<void> {
  const zips = readdirSync(from).filter((file) => file.endsWith('.zip'));
  const script = [
    'import os, sys, zipfile',
    'source, target, *names = sys.argv[1:]',
    'for name in names: zipfile.ZipFile(os.path.join(source, name)).extractall(os.path.join(target, name[:-4]))',
  ];
  await run('python3', ['-c', script.join('\n'), from, to, ...zips]);
}

/** Makes ready what all files need: the tools, every stage's package, and one package that runs on this machine. */
export default async (project: TestProject): Promise<() => void> => {
  mkdirSync(localDir, { recursive: true });
  const work = mkdtempSync(path.join(localDir, 'deploy-'));
  const tools = Promise.all([runtimeClient(), runtimeEmulator(), otherNode('22'), otherNode('24'), cfnLint()]);
  tools.catch(() => undefined);

  // One after the other: they all write into the same folder before it is moved.
  const packages: Record<string, string> = {};
  const prod = await packageStage(path.join(work, 'prod'), STAGES.prod);
  for (const [name, args] of Object.entries(STAGES))
    packages[name] = name === 'prod' ? prod : await packageStage(path.join(work, name), args, prod);
  const here = path.join(work, 'here');
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  await packageStage(here, ['--stage', 'prod', '--param', `architecture=${architecture}`]);
  const unpacked = path.join(work, 'unpacked');
  await unpack(here, unpacked);
  await tools;

  project.provide('packages', packages);
  project.provide('unpacked', unpacked);
  project.provide('runTemplate', path.join(here, 'cloudformation-template-update-stack.json'));
  return () => rmSync(work, { recursive: true, force: true });
};
