import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyJars } from '#tools/local/install/kafka-jars.ts';
import { pipInstall } from '#tools/local/install/python-packages.ts';
import { findCommand } from '#tools/local/services/commands.ts';

interface Entry {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const locks = ['package-lock.json', 'tools/local/install/maildev/package-lock.json'];
const installed = locks
  .map((file): { packages: Readonly<Record<string, Entry>> } => JSON.parse(readFileSync(file, 'utf8')))
  .flatMap(({ packages }) => Object.entries(packages))
  .filter(([path, { link }]) => path.includes('node_modules/') && link !== true);

describe('installing', () => {
  it('runs no install script, and only known packages have one', () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);

    // esbuild only makes its own start faster, es5-ext prints a message, scarf reports the installation.
    expect(scripted.map((path) => path.split('node_modules/').at(-1)).sort()).toEqual([
      '@scarf/scarf',
      'es5-ext',
      'esbuild',
    ]);
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
    expect(readFileSync('tools/bootstrap/run.mjs', 'utf8')).toContain("'ci', '--ignore-scripts'");
    const inImage = [...readFileSync('Dockerfile', 'utf8').matchAll(/^RUN npm ci .*$/gm)].map(String);
    expect(inImage).toHaveLength(2);
    for (const command of inImage) expect(command).toContain('--ignore-scripts');
  });

  it.each(['package.json', 'plugins/serverless-offline-kafka-events/package.json'])(
    'leaves no script of %s out, since npm runs no script before or after another',
    (file) => {
      const { scripts } = JSON.parse(readFileSync(file, 'utf8'));
      const surrounding = Object.keys(scripts).filter((name) => /^(pre|post)/.test(name));

      // A release allows it.
      expect(surrounding.filter((name) => name !== 'prepack')).toEqual([]);
    },
  );

  it('verifies every package by its hash', () => {
    expect(installed.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path)).toEqual(
      [],
    );
  });
});

describe('Python packages', () => {
  it.each(['tests/fuzz/requirements.txt', 'tests/deploy/tools/cfn-lint.txt', 'tests/deploy/tools/sam-cli.txt'])(
    '%s: have exact versions and hashes',
    (file) => {
      const text = readFileSync(file, 'utf8').replace(/^#.*\n/gm, '');
      const entries = text
        .replaceAll('\\\n', ' ')
        .split('\n')
        .filter((line) => line.trim() !== '');

      expect(entries.length).toBeGreaterThan(0);
      for (const entry of entries) expect(entry).toMatch(/^[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/);
    },
  );

  it('are refused without a hash', { timeout: 30_000 }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'requirements-'));
    writeFileSync(path.join(folder, 'none.txt'), 'idna==3.20\n');
    expect(pipInstall).toContain('--require-hashes');
    const python = findCommand('python3');
    if (python !== undefined) {
      const pip = [...pipInstall, '--no-index', '--requirement', path.join(folder, 'none.txt')];
      await expect(promisify(execFile)(python, pip)).rejects.toThrow(/hash|No module named pip/i);
    }
    rmSync(folder, { recursive: true });
  });
});

describe("Kafka's jars", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jars-'));
  const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');
  const list = `${digestOf('one')}  one.jar\n${digestOf('two')}  two.jar\n`;
  const jars = (files: Readonly<Record<string, string>>) => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    return folder;
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are accepted if they are those of the list', () => {
    expect(() => verifyJars(jars({ 'one.jar': 'one', 'two.jar': 'two' }), list)).not.toThrow();
  });

  it.each([
    ['a changed one', { 'one.jar': 'one!', 'two.jar': 'two' }, 'one.jar has another checksum'],
    ['an additional one', { 'one.jar': 'one', 'two.jar': 'two', 'three.jar': '3' }, 'three.jar has another checksum'],
    ['a missing one', { 'one.jar': 'one' }, 'two.jar is missing'],
    [
      'swapped ones',
      { 'one.jar': 'two', 'two.jar': 'one' },
      'one.jar has another checksum, two.jar has another checksum',
    ],
  ])('are refused with %s', (_, files, problem) => {
    expect(() => verifyJars(jars(files), list)).toThrow(problem);
  });

  it('are of the same version as the image in docker-compose.yml', () => {
    const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)/.exec(
      readFileSync('tools/local/install/kafka-pom.xml', 'utf8'),
    )?.[1];

    expect(readFileSync('docker-compose.yml', 'utf8')).toContain(`image: apache/kafka:${version}`);
    expect(readFileSync('tools/local/install/kafka-jars.sha256', 'utf8')).toContain(`  kafka_2.13-${version}.jar`);
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
