import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isSupportedNode } from '#tools/bootstrap/run.mjs';

interface Workflow {
  jobs: Record<
    string,
    {
      env?: Record<string, string>;
      strategy?: { matrix?: { node?: number[] } };
      steps: { uses?: string; run?: string }[];
    }
  >;
}

type Manifest = { scripts: Record<string, string>; workspaces: string[] };
const { scripts, workspaces }: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const plugin: Manifest = JSON.parse(readFileSync('plugins/serverless-offline-kafka-events/package.json', 'utf8'));
const ci: Workflow = parse(readFileSync('.github/workflows/ci.yml', 'utf8'));
const steps = Object.values(ci.jobs).flatMap((job) => job.steps);

describe('.github/workflows/ci.yml', () => {
  it('runs only scripts that exist', () => {
    const run = steps.flatMap((step) => /^npm run ([\w:]+)$/.exec(step.run ?? '')?.[1] ?? []);
    const inPlugin = steps.flatMap((step) => /^npm run ([\w:]+) --workspace/.exec(step.run ?? '')?.[1] ?? []);
    expect(workspaces).toBeDefined();
    expect(run.length).toBeGreaterThan(4);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(run));
    expect(inPlugin.length).toBeGreaterThan(0);
    expect(Object.keys(plugin.scripts)).toEqual(expect.arrayContaining(inPlugin));
  });

  it("runs the event source's suites that npm test leaves out, with a JDK and Kafka's jars", () => {
    const job = ci.jobs['event-source'];
    const commands = job?.steps.map(({ run, uses }) => run ?? uses);

    for (const script of ['test:failure', 'test:matrix'])
      expect(commands).toContain(`npm run ${script} --workspace serverless-offline-kafka-events`);
    expect(commands).toContain('actions/setup-java@v5');
    expect(job?.env?.['KAFKA_LIBS']).toMatch(/\/\.local\/kafka-libs$/);
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
