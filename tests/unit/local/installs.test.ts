import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { installAvailable } from '#tools/local/install/apt.ts';
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
