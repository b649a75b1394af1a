import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Entry {
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** Licences that ask for no more than their own text. Of a choice, one that is named here is taken. */
const PERMISSIVE = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Python-2.0',
  'PSF-2.0',
  'Zlib',
]);

function isPermissive(expression = ''): boolean {
  const plain = expression.replace(/[()]/g, '');
  return plain.includes(' OR ')
    ? plain.split(' OR ').some((one) => PERMISSIVE.has(one))
    : plain.split(' AND ').every((one) => PERMISSIVE.has(one));
}

const { packages }: { packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
);
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

describe('the licences of what the application is made of', () => {
  it('are known and permissive, down to the last package below it', () => {
    const shipped = installed.filter(([, { dev }]) => dev !== true);

    expect(shipped.length).toBeGreaterThan(100);
    expect(shipped.filter(([, { license }]) => !isPermissive(license))).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', false],
    ['MIT AND GPL-2.0', false],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['(MIT AND Zlib)', true],
    [undefined, false],
  ])('%s is one of them: %s', (licence, expected) => {
    expect(isPermissive(licence)).toBe(expected);
  });
});
