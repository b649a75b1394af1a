import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Folders of shared/ that may not import domain code. `messages` is the contract between the two contexts. */
const INFRASTRUCTURE = [
  'async',
  'cache',
  'config',
  'db',
  'errors',
  'http',
  'kafka',
  'mail',
  'messages',
  'observability',
  'runtime',
  'validation',
];
/** The two bounded contexts and their folders. */
const CONTEXTS = { users: ['users', 'outbox'], notifications: ['notifications'] } as const;

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => path.join(folder, name));
}

function resolved(from: string, target: string): string {
  return target.startsWith('#') ? target.slice(1) : path.join(path.dirname(from), target);
}

function importsOf(from: string): Import[] {
  return [...readFileSync(from, 'utf8').matchAll(/(?:from|import\()\s*'((?:#|\.)[^']+)'/g)].map(([, target = '']) => ({
    from,
    to: resolved(from, target),
  }));
}

const imports = ['functions', 'shared', 'migrations'].flatMap(sourcesIn).flatMap(importsOf);

/** The folder of shared/ that contains the file. */
function areaOf(file: string): string {
  return /^shared\/([^/]+)\//.exec(file)?.[1] ?? '';
}
function lines(found: readonly Import[]): string[] {
  return found.map(({ from, to }) => `${from} → ${to}`);
}

/** Every folder of shared/ that a folder imports, directly or through others. */
function reachableFrom(area: string, seen = new Set<string>()): Set<string> {
  const next = imports
    .filter(({ from, to }) => areaOf(from) === area && areaOf(to) !== area)
    .map(({ to }) => areaOf(to));
  for (const found of next) {
    if (found === '' || seen.has(found)) continue;
    seen.add(found);
    reachableFrom(found, seen);
  }
  return seen;
}

describe('imports point one way', () => {
  it('finds imports', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(lines(imports)).toContain('functions/outbox/pipeline.ts → shared/outbox/observe-pipeline.ts');
  });

  it('shared/ and migrations/ import no handler, tool, page or test', () => {
    const wrong = imports.filter(
      ({ from, to }) => /^(shared|migrations)\//.test(from) && /^(functions|tools|dashboard|tests)\//.test(to),
    );

    expect(lines(wrong)).toEqual([]);
  });

  it('no handler imports another handler', () => {
    expect(
      lines(imports.filter(({ from, to }) => from.startsWith('functions/') && to.startsWith('functions/'))),
    ).toEqual([]);
  });

  it('infrastructure imports no domain code', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        INFRASTRUCTURE.includes(areaOf(from)) && areaOf(to) !== '' && !INFRASTRUCTURE.includes(areaOf(to)),
    );

    expect(lines(wrong)).toEqual([]);
  });

  it('folders of shared/ do not import each other in a cycle', () => {
    const areas = [...new Set(imports.map(({ from }) => areaOf(from)).filter((area) => area !== ''))];

    expect(areas.filter((area) => reachableFrom(area).has(area))).toEqual([]);
  });

  it.each([
    ['users', 'notifications'],
    ['notifications', 'users'],
  ] as const)('the %s context does not import from %s', (mine, other) => {
    const [own, foreign]: ReadonlyArray<readonly string[]> = [CONTEXTS[mine], CONTEXTS[other]];
    const wrong = imports.filter(({ from, to }) => own?.includes(areaOf(from)) && foreign?.includes(areaOf(to)));

    expect(lines(wrong)).toEqual([]);
  });
});
