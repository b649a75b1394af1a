import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { runArguments } from '#tools/local/process/node-arguments.ts';
import { rootDir } from '#tools/paths.ts';
import { compose, type Environment, mustCompose, newProject, registrationTravels, run, whySkipped } from './engine.ts';

const START_LIMIT_MS = 120_000;
const SECOND_START_LIMIT_S = 30;

const { env, port } = await newProject();
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

/** A `docker` before the real one on the PATH, which fails for the arguments that a shell pattern matches. */
function dockerThatFails(pattern: string, message: string): Environment {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'docker-'));
  folders.push(folder);
  const real = (process.env['PATH'] ?? '').split(path.delimiter).map((dir) => path.join(dir, 'docker'));
  const script = `#!/bin/sh
case "$*" in ${pattern}) echo '${message}' >&2; exit 1 ;; esac
for docker in ${real.join(' ')}; do [ -x "$docker" ] && exec "$docker" "$@"; done
`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'docker'), script);
  chmodSync(path.join(folder, 'docker'), 0o755);
  return { PATH: `${folder}${path.delimiter}${process.env['PATH']}` };
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
      'docker: compose is not a docker command',
      'Compose plugin is missing',
    ],
    ['that cannot pull', '*" pull "*|"image inspect"*', 'toomanyrequests: rate limit', 'toomanyrequests: rate limit'],
  ])('continues without an engine %s, and says why', async (_what, pattern, message, reason) => {
    const running = start(dockerThatFails(pattern, message), '--services-only');
    await waitFor(() => running.output().includes('Docker cannot be used'), { timeoutMs: 30_000, what: 'the reason' });

    expect(running.output()).toContain(reason);
    expect(running.output()).toContain('NO_DOCKER=1');
    await running.interrupt();
  });

  it('names the container that holds a port', async () => {
    const container = (
      await run(
        'docker',
        ['run', '--detach', '--publish', `127.0.0.1:${port('HTTP_PORT')}:80`, 'redis:8.0.6-alpine'],
        env,
      )
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
    const { code, text } = await run(process.execPath, runArguments('local/commands/reset'), env);
    const volumes = await run(
      'docker',
      ['volume', 'ls', '--quiet', '--filter', `name=${env['COMPOSE_PROJECT_NAME']}`],
      env,
    );

    expect([code, text]).toEqual([0, expect.stringContaining('remove volumes')]);
    expect(volumes.text.trim()).toBe('');
  });
});
