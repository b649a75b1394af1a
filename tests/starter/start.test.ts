import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { freePorts, isPortTaken } from '#tools/local/process/ports.ts';
import { answers, commandOf, killAll, runStarter, type Starter, starterEnv, until } from './starter.ts';

const seen: number[] = [];
let stopServer: () => void = () => {};
afterEach(() => {
  killAll(seen.splice(0));
  stopServer();
});

async function start(overrides: Record<string, string | undefined> = {}, ...args: string[]): Promise<Starter> {
  const starter = runStarter(await starterEnv(overrides), { args });
  seen.push(starter.child.pid ?? 0);
  return starter;
}

async function ready(starter: Starter): Promise<void> {
  await until(`ready:\n${starter.output()}`, () => starter.output().includes('Ready after'));
  seen.push(...starter.processes());
}

/** A port that this process listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stopServer = () => server.close();
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function runs(program: string, pid: number): boolean {
  return commandOf(pid).includes(program);
}

describe('npm start with every URL set', () => {
  it('starts the application alone, restarts it when it dies, and leaves no process at the end', async () => {
    const starter = await start();
    await ready(starter);
    expect(starter.output()).toContain(`${starter.api}/swagger-ui/index.html`);
    expect(await answers(`${starter.secondApi}/health/live`)).toBe(true);
    // The starter, its guard and the application. Where Node does not strip types, a compiler may run beside them.
    const programs = starter.processes().filter((pid) => !runs('esbuild', pid));
    expect(programs).toHaveLength(3);

    const app = programs.find((pid) => runs('serverless.js', pid)) ?? 0;
    process.kill(app, 'SIGKILL');
    await until('a message', () => starter.output().includes('serverless-offline ended (SIGKILL); starting it again'));
    await until('the API again', () => answers(`${starter.api}/health/ready`));

    const all = starter.processes();
    seen.push(...all);
    for (const pid of all) process.kill(pid, 'SIGTERM');
    expect(await starter.exited).toBe(0);
    await until('no process', () => !all.some(isAlive), 5000);
    const port = Number(new URL(starter.api).port);
    expect(await isPortTaken(port)).toBe(false);
  });

  it('runs without a broker that does not answer, reports it, and leaves no process when it is killed', async () => {
    const [closed] = await freePorts(1);
    const starter = await start({ KAFKA_BROKERS: `127.0.0.1:${closed}` });
    await ready(starter);
    await until('the report about the broker', () => /topics: KAFKA_BROKERS.*next try in/.test(starter.output()));
    const all = starter.processes();
    process.kill(starter.child.pid ?? 0, 'SIGKILL');
    await until('no process', () => !all.some(isAlive), 15_000);
  });
});

describe('npm start fails with one line that names the variable:', () => {
  it.each([
    [
      { NOTIFICATIONS_DATABASE_URL: undefined },
      'NOTIFICATIONS_DATABASE_URL is not set although USERS_DATABASE_URL is: set both or neither',
    ],
    [{ REDIS_URL: 'cache:6379' }, 'REDIS_URL is malformed: expected a URL like redis://host:6379'],
    [{ KAFKA_BROKERS: '' }, 'KAFKA_BROKERS is empty: expected host:port, several separated by commas'],
    [{ HTTP_PORT: 'http' }, "HTTP_PORT must be a port between 1 and 65535, not 'http'"],
  ])('%o', async (overrides, line) => {
    const starter = await start(overrides);
    expect(await starter.exited).toBe(1);
    expect(starter.output()).toBe(`${line}\n`);
  });

  it('a malformed value in .env, which the environment overrides', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'env-')), '.env');
    writeFileSync(file, 'HTTP_PORT=ignored\nAPP_HEAP_MB=12\n');
    const starter = await start({ ENV_FILE: file });
    expect(await starter.exited).toBe(1);
    expect(starter.output()).toBe("APP_HEAP_MB must be a number of megabytes, 256 or more, not '12'\n");
  });

  it('the debugger on the port of the API', async () => {
    const [port] = await freePorts(1);
    const starter = await start({ HTTP_PORT: `${port}` }, `--inspect=${port}`);
    expect(await starter.exited).toBe(1);
    expect(starter.output()).toBe(`--inspect and HTTP_PORT are both ${port}: set one to another port\n`);
  });

  it('the debugger on a port in use', async () => {
    const port = await takenPort();
    const starter = await start({}, `--inspect=${port}`);
    expect(await starter.exited).toBe(1);
    expect(starter.output()).toMatch(
      new RegExp(
        `^port ${port} \\(the debugger\\) is in use by .+ \\(pid ${process.pid}\\): stop it, or name another with --inspect=port\\n$`,
      ),
    );
  });

  it('a port in use', async () => {
    const port = await takenPort();
    const starter = await start({ EMAIL_HTTP_PORT: `${port}` });
    expect(await starter.exited).toBe(1);
    expect(starter.output()).toEqual(
      expect.stringMatching(
        new RegExp(
          `^port ${port} \\(the API's second port\\) is in use by .+ \\(pid ${process.pid}\\): stop it, or set EMAIL_HTTP_PORT\\n$`,
        ),
      ),
    );
  });

  it('a database that rejects the login', async () => {
    const url = new URL(process.env.USERS_DATABASE_URL ?? '');
    url.username = 'nobody';
    url.pathname = '/users';
    const starter = await start({ USERS_DATABASE_URL: url.href });
    expect(await starter.exited).toBe(1);
    expect(starter.output()).toMatch(/databases: USERS_DATABASE_URL: .*ACCESS_DENIED/);
    expect(starter.output()).not.toContain('password@');
  });
});
