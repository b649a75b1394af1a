import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { workloads } from '#tools/lab/bench/workloads/workloads.ts';
import { linksIn, pages } from './markdown.ts';

function read(file: string) {
  return { file, text: readFileSync(file, 'utf8') };
}

function limitOf(file: string): number {
  if (file.endsWith('-tables.md')) return Infinity;
  return file === 'README.md' ? 130 : 150;
}

describe('the size of a page', () => {
  it.each(pages())('$file is short, unless it consists of tables', ({ file, text }) => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(limitOf(file));
  });
});

describe('docs/README.md', () => {
  it('leads to every page below docs', () => {
    const linked = linksIn(read('docs/README.md'));
    const below = ['', 'adr/', 'upstream/'].flatMap((folder) =>
      readdirSync(`docs/${folder}`).flatMap((name) => (name.endsWith('.md') ? `${folder}${name}` : [])),
    );

    expect(below.filter((page) => page !== 'README.md' && !linked.includes(page))).toEqual([]);
  });
});

describe('docs/parameters.md', () => {
  it('names every parameter, by its name or by the beginning of several names', () => {
    const names = Object.keys(parse(readFileSync('tools/deploy/parameters.yml', 'utf8')).default);
    const cells = [...read('docs/parameters.md').text.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
    const documented = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)(…?)`/g)]);
    const isNamed = (name: string) =>
      documented.some(([, text = '', more]) => (more === '' ? name === text : name.startsWith(text)));

    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => !isNamed(name))).toEqual([]);
  });
});

describe('docs/performance-tables.md', () => {
  it('has a place for the results of each workload and of the cold starts', () => {
    const { text } = read('docs/performance-tables.md');
    const places = [...new Set(Object.values(workloads).map(({ place }) => place)), 'cold start'];

    expect(places.filter((place) => text.split(`<!-- bench: ${place} -->`).length !== 2)).toEqual([]);
    expect(places.filter((place) => text.split(`<!-- end of ${place} -->`).length !== 2)).toEqual([]);
  });
});
