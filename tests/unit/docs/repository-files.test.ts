import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isSupportedNode } from '#tools/bootstrap/run.mjs';

interface Workflow {
  jobs: Record<string, { strategy?: { matrix?: { node?: number[] } }; steps: { uses?: string; run?: string }[] }>;
}

const { scripts, workspaces }: { scripts: Record<string, string>; workspaces: string[] } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const ci: Workflow = parse(readFileSync('.github/workflows/ci.yml', 'utf8'));
const steps = Object.values(ci.jobs).flatMap((job) => job.steps);

describe('.github/workflows/ci.yml', () => {
  it('runs only scripts that exist', () => {
    const run = steps.flatMap((step) => /^npm run ([\w:]+)/.exec(step.run ?? '')?.[1] ?? []);
    expect(workspaces).toBeDefined();
    expect(run.length).toBeGreaterThan(4);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(run));
  });

  it('tests supported versions of Node', () => {
    const versions = Object.values(ci.jobs).flatMap((job) => job.strategy?.matrix?.node ?? []);
    expect(versions.length).toBeGreaterThan(1);
    for (const version of versions) expect(isSupportedNode(`${version}.99.0`)).toBe(true);
  });
});

describe('docs/adr', () => {
  it('numbers its records without gaps, each with context, decision and consequences', () => {
    const files = readdirSync('docs/adr').sort();
    for (const [index, file] of files.entries()) {
      const text = readFileSync(`docs/adr/${file}`, 'utf8');
      expect(file).toMatch(new RegExp(`^000${index + 1}-[a-z0-9-]+\\.md$`));
      expect(text).toMatch(new RegExp(`^# ${index + 1}\\. `));
      for (const part of ['**Context.**', '**Decision.**', '**Consequences.**']) expect(text).toContain(part);
    }
    expect(files).toHaveLength(5);
  });
});
