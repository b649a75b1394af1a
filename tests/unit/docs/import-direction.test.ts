import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Folders of shared/ that may not import domain code. */
const INFRASTRUCTURE = [
  'cache',
  'config',
  'db',
  'errors',
  'http',
  'kafka',
  'lifecycle',
  'logging',
  'mail',
  'metrics',
  'rate-limit',
  'tracing',
  'validation',
];
/** The two bounded contexts and their folders. */
const CONTEXTS = { users: ['users', 'outbox', 'pipeline', 'idempotency'], notifications: ['notifications'] } as const;

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('generated') && !name.endsWith('.d.ts'))
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

/** Builds validators and the OpenAPI document from all schemas at build time. */
function isGenerator(file: string): boolean {
  return /^shared\/validation\/(generate|registry)\.ts$/.test(file);
}
/** Schema files contain types and messages, no behaviour. */
function isGenerated(file: string): boolean {
  return file.includes('/generated/');
}

describe('imports point one way', () => {
  it('finds imports', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(lines(imports)).toContain('functions/outbox/pipeline.ts → shared/outbox/observe-pipeline.ts');
  });

  it('shared/ and migrations/ import no handler, no local tooling and no test', () => {
    const wrong = imports.filter(
      ({ from, to }) => /^(shared|migrations)\//.test(from) && /^(functions|local|tests)\//.test(to),
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
        INFRASTRUCTURE.includes(areaOf(from)) &&
        areaOf(to) !== '' &&
        !INFRASTRUCTURE.includes(areaOf(to)) &&
        !isGenerator(from) &&
        !isGenerated(to),
    );

    expect(lines(wrong)).toEqual([]);
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
