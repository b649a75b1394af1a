import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks, proseOf } from './markdown.ts';

const PAGES = ['CONTRIBUTING.md', 'docs/architecture.md'];
const NOT_SOURCE = ['dist', 'node_modules'];

function read(file: string) {
  return { file, text: readFileSync(file, 'utf8') };
}

function inlineCode(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Paths from the root of the repository: with a folder that is there, or with the ending of a file. */
function namedFiles(text: string): string[] {
  return inlineCode(text).filter((code) => /^[\w.-]+\/[\w./*-]*$|^[\w-]+\.(json|yml|md|ts|mjs|http)$/.test(code));
}

function isThere(file: string): boolean {
  const [before, after] = path.basename(file).split('*');
  if (after === undefined) return existsSync(file);
  const folder = path.dirname(file);
  return (
    existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(before ?? '') && name.endsWith(after))
  );
}

interface Stop {
  readonly file: string;
  /** Identifiers to look for in the file. */
  readonly names: readonly string[];
}

/** The ordered lists of the section "Where is …?", by question. */
function tours(text: string): Array<readonly [question: string, stops: Stop[]]> {
  const section = /^## Where is …\?\n([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  return section.split(/^### /m).flatMap((part) => {
    const [question = '', ...rest] = part.split('\n');
    const items = rest
      .join('\n')
      .split(/^\d+\. /m)
      .slice(1);
    const stops = items.map((item) => {
      const [file = '', ...codes] = inlineCode(item);
      return { file, names: codes.filter((code) => /^[A-Za-z_]+$/.test(code)) };
    });
    return stops.length === 0 ? [] : [[question, stops] as const];
  });
}

/** The folders of a tree drawn with two spaces per level. */
function foldersIn(tree: string): string[] {
  let parent = '';
  return [...tree.matchAll(/^( {0,2})([\w-]+)\/ /gm)].map(([, indent = '', name = '']) => {
    if (indent === '') parent = name;
    return indent === '' ? name : `${parent}/${name}`;
  });
}

describe.each(PAGES.map(read))('$file', ({ text, file }) => {
  it('names only files that exist', () => {
    const files = namedFiles(proseOf({ file, text }));

    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((one) => !isThere(one))).toEqual([]);
  });
});

describe('"Where is …?" in CONTRIBUTING.md', () => {
  const questions = tours(read('CONTRIBUTING.md').text);

  it('answers four questions', () => {
    expect(questions.map(([question]) => question)).toHaveLength(4);
  });

  it.each(questions)('answers "%s" in at most seven files, which contain the named identifiers', (_, stops) => {
    expect(stops.length).toBeLessThanOrEqual(7);
    for (const { file, names } of stops) {
      const source = readFileSync(file, 'utf8');
      expect([file, names.filter((name) => !source.includes(name))]).toEqual([file, []]);
    }
  });
});

describe('the tree of folders in docs/architecture.md', () => {
  const tree = codeBlocks(read('docs/architecture.md')).find(({ code }) => code.startsWith('functions/'))?.code ?? '';

  it('lists every folder of the repository and of tools/', () => {
    const visible = readdirSync('.', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_SOURCE.includes(entry.name))
      .map(({ name }) => name);
    const tools = readdirSync('tools', { withFileTypes: true }).filter((entry) => entry.isDirectory());

    expect(foldersIn(tree).sort()).toEqual([...visible, ...tools.map(({ name }) => `tools/${name}`)].sort());
  });
});
