import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE } from '../helpers/node-modules.ts';

const features = readFileSync(path.join(PACKAGE, 'docs/features.md'), 'utf8');
const readme = readFileSync(path.join(PACKAGE, 'README.md'), 'utf8');

function rowsOf(heading: string): string[] {
  const section = features.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1);
}

/** What a row's last cell names: `suite/file` title; `suite/file` title. */
function testsOf(row: string): { file: string; title: string }[] {
  const cell = row.split(' | ').at(-1)?.replace(/ \|$/, '') ?? '';
  return cell.split(/; (?=`)/).map((one) => {
    const [, file = '', title = ''] = /^`([\w/-]+)` (.+)$/.exec(one) ?? [];
    return { file, title };
  });
}

test.each([
  ['Features', 60],
  ['Failures', 14],
])('every row of %s names tests that exist', (heading, atLeast) => {
  const rows = rowsOf(heading);
  expect(rows.length).toBeGreaterThanOrEqual(atLeast);
  for (const row of rows) {
    for (const { file, title } of testsOf(row)) {
      expect(title, `a test in the row ${row}`).not.toBe('');
      const source = readFileSync(path.join(PACKAGE, 'tests', `${file}.test.ts`), 'utf8');
      const isThere = [`'${title}'`, `\`${title}\``].some((quoted) => source.includes(`${quoted},`));
      expect(isThere, `${file}: ${title}`).toBe(true);
    }
  }
});

test('no link is dead on npm: none is relative to the repository', () => {
  const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? '');
  expect(targets.length).toBeGreaterThanOrEqual(5);
  for (const target of targets) expect(target).toMatch(/^(https:\/\/|#)/);
});

test('links to a heading, and to a file of the package, lead to one', () => {
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(
    ([, title = '']) => `#${title.toLowerCase().replaceAll(' ', '-')}`,
  );
  const targets = [...readme.matchAll(/\]\((#[^)]+|https:\/\/unpkg\.com\/[^)]+)\)/g)].map(([, target = '']) => target);
  const { name, files } = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'));
  for (const target of targets) {
    if (target.startsWith('#')) {
      expect(headings).toContain(target);
      continue;
    }
    const file = target.slice(`https://unpkg.com/${name}/`.length);
    expect(files).toContain(file.split('/')[0]);
    expect(existsSync(path.join(PACKAGE, file)), target).toBe(true);
  }
  expect(targets.length).toBeGreaterThanOrEqual(4);
});
