import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Import {
  readonly from: string;
  readonly to: string;
}

/**
 * Every folder with code, from the bottom to the top: a file imports from its own folder and from lower layers only. `generated`
 * belongs to the bottom; its declarations name the types that they were made from.
 */
const LAYERS: ReadonlyArray<readonly string[]> = [
  ['generated', 'shared/errors', 'shared/validation', 'shared/async'],
  ['shared/config'],
  ['shared/observability'],
  ['shared/runtime'],
  ['shared/db', 'shared/cache', 'shared/kafka', 'shared/mail'],
  ['shared/http', 'shared/messages'],
  ['shared/outbox'],
  ['shared/users', 'shared/notifications'],
  ['shared/system'],
  ['migrations'],
  ['functions', 'dashboard', 'esbuild.config.mjs', 'tools/bootstrap', 'tools/paths.ts'],
  ['tools/build', 'plugins'],
  ['tools/local', 'tools/deploy'],
  ['tools/container', 'tools/lab'],
  ['tests', 'vitest.config.ts'],
];

/** The bounded contexts share no code but `messages` and the infrastructure below it. */
const CONTEXTS: ReadonlyArray<readonly [string[], string]> = [
  [['shared/users', 'shared/outbox'], 'shared/notifications'],
  [['shared/notifications'], 'shared/users'],
  [['shared/notifications'], 'shared/outbox'],
];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => !file.endsWith('.d.ts') && !file.startsWith('generated/'));

/** The folder of LAYERS that a file belongs to. */
function folderOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'shared' || top === 'tools' ? `${top}/${second}` : top;
}

function importsOf(from: string): Import[] {
  const code = readFileSync(from, 'utf8');
  return [...code.matchAll(/(?:from|import\()\s*'((?:#|\.)[^'$]+)'/g)].map(([, target = '']) => ({
    from,
    to: target.startsWith('#') ? target.slice(1) : path.join(path.dirname(from), target),
  }));
}

/** What the event source offers to the repository: its build script, and the types of its package. */
function isOffered(file: string): boolean {
  return /^plugins\/[^/]+\/(build|src\/index)\.ts$/.test(file);
}

const imports = files.flatMap(importsOf);
const importsByFile = new Map(files.map((file) => [file, imports.filter(({ from }) => from === file)]));
const heights = new Map(LAYERS.flatMap((folders, height) => folders.map((folder) => [folder, height])));
const between = imports.filter(({ from, to }) => folderOf(from) !== folderOf(to));

function lines(found: readonly Import[]): string[] {
  return found.map(({ from, to }) => `${from} → ${to}`);
}

/** Every file that a file imports, directly or through others. */
function reachableFrom(file: string, seen = new Set<string>()): Set<string> {
  for (const { to } of importsByFile.get(file) ?? []) {
    if (seen.has(to)) continue;
    seen.add(to);
    reachableFrom(to, seen);
  }
  return seen;
}

describe('imports point one way', () => {
  it('finds imports', () => {
    expect(imports.length).toBeGreaterThan(2000);
    expect(lines(imports)).toContain('functions/outbox/pipeline.ts → shared/outbox/observe-pipeline.ts');
  });

  it('every folder has a layer', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !heights.has(folder))).toEqual([]);
  });

  it('no file imports from its own layer or a higher one, outside of its folder', () => {
    const wrong = between.filter(({ from, to }) => {
      const [own = -1, other = 99] = [heights.get(folderOf(from)), heights.get(folderOf(to))];
      return other >= own;
    });

    expect(lines(wrong)).toEqual([]);
  });

  it('no handler imports another handler', () => {
    const wrong = imports.filter(({ from, to }) => from.startsWith('functions/') && to.startsWith('functions/'));

    expect(lines(wrong)).toEqual([]);
  });

  it.each(CONTEXTS)('%j do not import from %s', (own, foreign) => {
    const wrong = between.filter(({ from, to }) => own.includes(folderOf(from)) && folderOf(to) === foreign);

    expect(lines(wrong)).toEqual([]);
  });

  it('the event source imports nothing from the rest of the repository, and little of it is imported', () => {
    const wrong = between.filter(
      ({ from, to }) =>
        from.startsWith('plugins/') || (to.startsWith('plugins/') && !from.startsWith('tests/') && !isOffered(to)),
    );

    expect(lines(wrong)).toEqual([]);
  });

  it('no file imports itself through others', () => {
    expect(files.filter((file) => reachableFrom(file).has(file))).toEqual([]);
  });
});
