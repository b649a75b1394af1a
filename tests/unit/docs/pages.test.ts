import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { anchorsOf, codeBlocks, linksIn, type Page, pages } from './markdown.ts';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
}

const all = pages();
function manifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8'));
}
const scripts = [
  ...Object.keys(manifest('package.json').scripts),
  ...Object.keys(manifest('plugins/serverless-offline-kafka-events/package.json').scripts),
];

function brokenLinks(page: Page): string[] {
  return linksIn(page).filter((link) => {
    if (/^[a-z]+:/i.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page.file : path.join(path.dirname(page.file), file);
    if (!existsSync(target)) return true;
    if (anchor === undefined || !target.endsWith('.md')) return false;
    return !anchorsOf({ file: target, text: readFileSync(target, 'utf8') }).includes(anchor);
  });
}

describe.each(all)('$file', (page) => {
  it('has no broken link', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('names only existing npm scripts', () => {
    const named = [...page.text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);

    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('has only valid JSON and YAML', () => {
    for (const { language, code } of codeBlocks(page)) {
      if (language === 'json') expect(() => JSON.parse(code)).not.toThrow();
      if (language === 'yaml' || language === 'yml') expect(() => parse(code)).not.toThrow();
    }
  });
});
