import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { findNodeModules, PACKAGE } from '../helpers/node-modules.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

const file = path.join(findNodeModules(), '../.github/workflows/release.yml');
const text = readFileSync(file, 'utf8');
const workflow = parse(text);
const { publish } = workflow.jobs;
const steps: readonly Step[] = publish.steps;
const manifest = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'));

test('actions are pinned to commits, with their version beside them', () => {
  const uses = text.split('\n').filter((line) => line.includes('uses:'));
  expect(uses).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('a release may read the code and prove where it was built, and nothing else', () => {
  expect(workflow.permissions).toEqual({});
  expect(publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(text).not.toMatch(/secrets\./);
});

test('a release is tested, of the tagged version, and names its repository before it is published', () => {
  const runs = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
  const at = (pattern: RegExp) => runs.findIndex((run) => pattern.test(run));
  const order = [at(/GITHUB_REF_NAME/), at(/^npm test/), at(/repository\.url=.*GITHUB_REPOSITORY/), at(/^npm publish/)];
  expect(order.every((index) => index >= 0)).toBe(true);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(runs.at(-1)).toContain('--provenance');
  // prepack builds what is published.
  expect(runs.at(-1)).toContain('--ignore-scripts=false');
});

test('the manifest can be published with provenance; RELEASING.md says where its repository is set', () => {
  expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
  expect(manifest.repository).toMatchObject({ type: 'git', directory: 'plugins/serverless-offline-kafka-events' });
  const releasing = readFileSync(path.join(PACKAGE, 'RELEASING.md'), 'utf8');
  expect(releasing).toContain(manifest.repository.url);
  expect(releasing).toContain('npm pkg set repository.url=');
});
