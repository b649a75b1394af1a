import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

interface Entry {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const { packages }: { packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
);
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);

describe('installing', () => {
  it('runs no install script, and only known packages have one', () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);

    // esbuild only makes its own start faster, es5-ext prints a message, scarf reports the installation.
    expect(scripted.map((path) => path.split('node_modules/').at(-1)).sort()).toEqual([
      '@scarf/scarf',
      'es5-ext',
      'esbuild',
    ]);
    expect(readFileSync('tools/bootstrap/run.mjs', 'utf8')).toContain("'ci', '--ignore-scripts'");
  });

  it('verifies every package by its hash', () => {
    expect(installed.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual(
      [],
    );
  });
});

describe('npm run sbom', () => {
  it('lists what is deployed, with hashes', async () => {
    const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'sbom'], { maxBuffer: 64 * 1024 * 1024 });
    const { bomFormat, components } = JSON.parse(stdout);
    const names = components.map(({ name }: { name: string }) => name);

    expect(bomFormat).toBe('CycloneDX');
    expect(names).toEqual(expect.arrayContaining(['mysql2', 'kafkajs', 'ioredis', '@node-rs/argon2']));
    expect(names).not.toContain('vitest');
  });
}, 60_000);
