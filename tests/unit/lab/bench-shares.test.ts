import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerOf, sharesOf, sourceFinder } from '#tools/lab/bench/profile/shares.ts';

const root = mkdtempSync(path.join(tmpdir(), 'shares-'));
const bundle = path.join(root, 'dist', 'chunk.js');

beforeAll(() => {
  mkdirSync(path.dirname(bundle));
  writeFileSync(
    bundle,
    ['var x;', '// node_modules/@a/b/lib/c.js', 'b();', '', '// shared/mail.ts', 'mail();'].join('\n'),
  );
});

afterAll(() => rmSync(root, { recursive: true }));

describe('the owner of code', () => {
  it.each([
    ['node_modules/knex/lib/a.js', 'knex'],
    ['/root/node_modules/one/node_modules/@two/three/a.js', '@two/three'],
    ['shared/mail/mail.ts', 'shared/mail/mail.ts'],
  ])('of %s is %s', (file, owner) => {
    expect(ownerOf(file)).toBe(owner);
  });

  it.each([
    [pathToFileURL(bundle).href, 2, 'node_modules/@a/b/lib/c.js'],
    [pathToFileURL(bundle).href, 5, 'shared/mail.ts'],
    [pathToFileURL(bundle).href, 0, 'dist/chunk.js'],
    [`${root}/tools/a.ts`, 7, 'tools/a.ts'],
    ['node:net', 1, undefined],
    ['', 0, undefined],
  ])('is looked up in %s, line %i', (url, line, source) => {
    expect(sourceFinder(root)(url, line)).toBe(source);
  });
});

describe('shares of a profile', () => {
  const frame = (functionName: string, url = '') => ({
    functionName,
    url,
    scriptId: '1',
    lineNumber: 0,
    columnNumber: 0,
  });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 5] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('send', '/p/node_modules/nodemailer/a.js'), children: [4] },
      { id: 4, callFrame: frame('write', 'node:net') },
      { id: 5, callFrame: frame('emit', 'node:events'), children: [6] },
      { id: 6, callFrame: frame('(garbage collector)') },
    ],
    startTime: 0,
    endTime: 0,
    samples: [2, 3, 4, 5, 6],
    timeDeltas: [1000, 30, 30, 20, 20],
  };

  it('are of the busy time, and give a package what Node does for it', () => {
    expect(sharesOf(profile, (url) => (url.includes('node_modules') ? url : undefined))).toEqual([
      { name: 'nodemailer', percent: 60 },
      { name: 'Node itself', percent: 20 },
      { name: '(garbage collector)', percent: 20 },
    ]);
  });

  it('leave out what starts the profile', () => {
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2, 3] },
      { id: 2, callFrame: frame('start', '/profiles/.hook.mjs') },
      { id: 3, callFrame: frame('query', '/node_modules/knex/a.js') },
    ];
    const shares = sharesOf({ ...profile, nodes, samples: [2, 3], timeDeltas: [900, 10] }, (url) => url || undefined);

    expect(shares).toEqual([{ name: 'knex', percent: 100 }]);
  });
});
