import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { installAvailable, planInstall } from '#tools/local/install/apt.ts';
import { askFor } from '#tools/local/install/consent.ts';
import { instructions } from '#tools/local/install/native.ts';

async function ask(answer: string, others: string[] = []) {
  const input = new PassThrough();
  const output = new PassThrough();
  const decided = askFor({ packages: ['redis-tools', 'maven'], others }, { input, output }).then(
    () => 'agreed',
    ({ message }: Error) => message,
  );
  input.end(answer);
  const result = await decided;
  output.end();
  return { result, printed: await text(output) };
}

describe('the question before apt-get runs', () => {
  it('lists what is missing, and what that needs', async () => {
    const { printed } = await ask('y\n', ['libwagon', 'libmaven3']);
    expect(printed).toContain('\n  redis-tools maven\nThey need 2 more:\n  libwagon libmaven3\n');
    expect(printed).toContain('Install them? [Y/n] ');
  });

  it.each(['\n', 'y\n', 'Yes\n'])('takes %j as consent', async (answer) => {
    expect((await ask(answer)).result).toBe('agreed');
  });

  it.each(['n\n', 'no\n', 'what?\n', ''])('takes %j as refusal', async (answer) => {
    expect((await ask(answer)).result).toBe('Nothing was installed.');
  });
});

describe('NO_INSTALL=1', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('refuses in one line that names the command', async () => {
    vi.stubEnv('NO_INSTALL', '1');
    await expect(
      installAvailable([['redis-tools'], ['openjdk-21-jre-headless', 'openjdk-17-jre-headless']]),
    ).rejects.toThrow(
      'Packages are missing, and NO_INSTALL=1 forbids installing them. Run: sudo apt-get install --no-install-recommends redis-tools openjdk-21-jre-headless',
    );
  });
});

/** Puts an apt-get on the PATH that would do what the lines say; returns its calls. */
function fakeApt(...planned: string[]): () => string[] {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'apt-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = path.join(folder, 'calls');
  const plan = planned.map((line) => `echo '${line}'`).join('; ');
  const scripts = {
    'apt-get': `echo "$*" >>'${log}'; case "$*" in *--simulate*) ${plan} ;; esac`,
    'apt-cache': 'echo mariadb-server-core',
    dpkg: 'exit 0',
    sudo: 'shift; exec "$@"',
  };
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH']}`);
  vi.stubEnv('NO_INSTALL', '');
  return () => readFileSync(log, 'utf8').trim().split('\n');
}

describe('apt-get', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['the install', () => installAvailable([['mariadb-server-core']])],
    ['the plan', () => planInstall(['mariadb'])],
  ])('never removes an installed package: %s names it', async (_what, work) => {
    const calls = fakeApt(
      'Remv mysql-server-8.0 [8.0.36]',
      'Remv mysql-server-core-8.0 [8.0.36]',
      'Inst mariadb-server-core (1:10.11 Debian:12 [amd64])',
    );

    await expect(work()).rejects.toThrow(
      'apt-get install mariadb-server-core would remove mysql-server-8.0, mysql-server-core-8.0: nothing was installed. Use Docker, or set the URLs of your own servers.',
    );
    expect(calls().filter((call) => call.includes(' -y '))).toEqual([]);
  });

  it('installs with removals disabled', async () => {
    const calls = fakeApt('Inst mariadb-server-core (1:10.11 Debian:12 [amd64])', 'Inst libaio1 (0.3 [amd64])');

    expect(await planInstall(['mariadb'])).toEqual({ packages: ['mariadb-server-core'], others: ['libaio1'] });
    await installAvailable([['mariadb-server-core']]);
    expect(calls().at(-1)).toMatch(/^install -y -qq --no-remove .*mariadb-server-core$/);
  });
});

describe('without apt', () => {
  it('names one brew line on macOS', () => {
    expect(instructions(['mariadb', 'redis', 'java', 'maven'], 'darwin')).toContain(
      '\n  - run: brew install mariadb redis openjdk maven, or\n',
    );
  });

  it('says one sentence on Windows', () => {
    expect(instructions(['mariadb'], 'win32')).toBe('On Windows, start Docker Desktop, or run npm start inside WSL 2.');
  });

  it('names the programs elsewhere', () => {
    expect(instructions(['redis', 'java'], 'linux')).toContain('install Redis 6.2+, Java 17+ so that');
  });
});
