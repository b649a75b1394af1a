import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { copyRepository } from '#tests/helpers/copy-repository.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { missingNeeds } from '#tools/local/install/native.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';
import { probes } from '#tools/local/services/probes.ts';
import { rootDir } from '#tools/paths.ts';
import { compose, type Environment, mustCompose, newProject, registrationTravels, run, whySkipped } from './engine.ts';

const START_LIMIT_MS = 120_000;
/** On a quiet machine. */
const SECOND_START_LIMIT_S = 8;

const { env, port } = await newProject();
/** Where packages are missing or too old, an engine that cannot be used ends the start. Kafka's jars are downloaded. */
const missing = await missingNeeds(['mysql', 'redis', 'kafka']).catch(() => ['a newer version']);
const hasPrograms = missing.length === 0;
const base = `http://127.0.0.1:${port('HTTP_PORT')}`;
const folders: string[] = [];
const started: ChildProcess[] = [];

interface Start {
  output(): string;
  /** Sends Ctrl-C and returns the exit code. */
  interrupt(): Promise<number | null>;
  exited: Promise<number | null>;
}

function start(extra: Environment = {}, ...args: string[]): Start {
  const child = spawn(process.execPath, runArguments('local/commands/start', ...args), {
    cwd: rootDir,
    env: { ...env, HOT_RELOAD: '0', ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      printed += data;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    output: () => printed,
    interrupt: () => {
      child.kill('SIGINT');
      return exited;
    },
    exited,
  };
}

async function ready(running: Start): Promise<number> {
  const [, seconds = ''] = await waitFor(() => /Ready after ([\d.]+) s/.exec(running.output()), {
    timeoutMs: START_LIMIT_MS,
    what: `Ready in:\n${running.output()}`,
  });
  return Number(seconds);
}

/** A `docker` before the real one on the PATH, which does something else for the arguments that a shell pattern matches. */
function dockerThat(pattern: string, command: string): Environment {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'docker-'));
  folders.push(folder);
  const real = (process.env['PATH'] ?? '').split(path.delimiter).map((dir) => path.join(dir, 'docker'));
  const script = `#!/bin/sh
case "$*" in ${pattern}) ${command} ;; esac
for docker in ${real.join(' ')}; do [ -x "$docker" ] && exec "$docker" "$@"; done
`;
  writeFileSync(path.join(folder, 'docker'), script, { mode: 0o755 });
  return { PATH: `${folder}${path.delimiter}${process.env['PATH']}` };
}

function fail(message: string): string {
  return `echo '${message}' >&2; exit 1`;
}

afterEach(async () => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGINT');
  await compose(env, 'stop', '--timeout', '1');
});

afterAll(async () => {
  await compose(env, 'down', '--volumes', '--timeout', '1');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(whySkipped !== undefined)('npm start with Docker', () => {
  it('serves a registration, stops its containers on Ctrl-C, and starts again on the same data', async () => {
    const first = start();
    await ready(first);
    const email = await registrationTravels(base);

    expect(first.output()).toContain(`Mails        http://127.0.0.1:${port('MAIL_UI_PORT')}`);
    expect(await first.interrupt()).toBe(0);
    expect((await mustCompose(env, 'ps', '--services', '--status', 'running')).trim()).toBe('');

    const second = start();
    expect(await ready(second)).toBeLessThan(SECOND_START_LIMIT_S);
    const events = await fetch(`${base}/api/events`);
    expect(await events.text()).toContain(email);
    expect(await second.interrupt()).toBe(0);
  });

  it('resumes a container that is paused', async () => {
    await mustCompose(env, 'up', '--detach', '--wait', 'redis');
    await mustCompose(env, 'pause', 'redis');
    const running = start({}, '--services-only');
    await ready(running);

    expect(await running.interrupt()).toBe(0);
  });

  it('--services-only creates the tables and topics', async () => {
    await compose(env, 'down', '--volumes', '--timeout', '1');
    const running = start({}, '--services-only');
    await ready(running);
    const tables = await mustCompose(
      env,
      ...['exec', '--no-TTY', 'mysql', 'mysql', '--host=127.0.0.1', '--user=tester', '--password=password'],
      '--execute=show tables in users',
    );

    expect(tables).toContain('outbox_events');
    expect(running.output()).toContain('topics: KAFKA_BROKERS: created');
    await running.interrupt();
  });

  it.each([
    [
      'whose Compose is missing',
      '"compose version"*',
      fail('docker: compose is not a docker command'),
      'its Compose plugin is missing',
    ],
    [
      'whose Compose is old',
      '"compose version"*',
      'echo v2.17.3; exit 0',
      'its Compose is version 2.17.3, and 2.24 or later is needed',
    ],
    [
      'that cannot pull',
      '*" pull "*|"image inspect"*',
      fail('toomanyrequests: rate limit'),
      'toomanyrequests: rate limit',
    ],
  ])('continues without an engine %s, and says why', async (_what, pattern, command, reason) => {
    const running = start({ ...dockerThat(pattern, command), NO_INSTALL: '1' }, '--services-only');
    const seen = () => running.output().includes('Docker cannot be used');
    await waitFor(seen, { timeoutMs: 30_000, what: 'the reason' });

    expect(running.output()).toContain(reason);
    expect(running.output()).toContain('NO_DOCKER=1');
    if (hasPrograms) {
      await ready(running);
      expect(running.output()).toMatch(/✓ servers: MariaDB .*Redis .*Java /);
      expect(await probes.redis(port('REDIS_PORT'))).toBe(true);
      expect(await running.interrupt()).toBe(0);
    } else {
      expect(await running.exited).toBe(1);
    }
  });

  it('names the container that holds a port', async () => {
    const { services } = JSON.parse(await mustCompose(env, 'config', '--format', 'json'));
    const image = services.redis.image;
    const container = (
      await run('docker', ['run', '--detach', '--publish', `127.0.0.1:${port('HTTP_PORT')}:80`, image], env)
    ).text.trim();
    const name = (await run('docker', ['inspect', '--format', '{{.Name}}', container], env)).text.trim().slice(1);
    const running = start();
    try {
      expect(await running.exited).toBe(1);
      expect(running.output()).toContain(
        `port ${port('HTTP_PORT')} (the API) is in use by container ${name}: stop it, or set HTTP_PORT`,
      );
    } finally {
      await run('docker', ['rm', '--force', container], env);
    }
  });
});

describe.skipIf(whySkipped !== undefined)('npm run reset with Docker', () => {
  it('removes the volumes', async () => {
    // In a copy: the data of this checkout stays.
    const root = copyRepository();
    folders.push(root);
    const script = path.join(root, 'tools', 'bootstrap', 'run.mjs');
    const { code, text } = await run(process.execPath, [script, 'local/commands/reset'], env);
    const volumes = await run(
      'docker',
      ['volume', 'ls', '--quiet', '--filter', `name=${env['COMPOSE_PROJECT_NAME']}`],
      env,
    );

    expect([code, text]).toEqual([0, expect.stringContaining('remove volumes')]);
    expect(volumes.text.trim()).toBe('');
  });
});
