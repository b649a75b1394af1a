import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { copyRepository } from '#tests/helpers/copy-repository.ts';
import { type FakeDocker, fakeDocker } from '#tests/helpers/fake-docker.ts';
import { startTimeOf } from '#tools/bootstrap/lock.mjs';
import { freePorts } from '#tools/local/process/ports.ts';
import { killAll, runStarter, type Starter, starterEnv, until } from './starter.ts';

const CTRL_C_LIMIT_MS = 10_000;

// With data and locks of its own: npm start may run here.
const root = copyRepository();
const seen: number[] = [];
afterEach(() => killAll(seen.splice(0)));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** `npm start` with a Redis of its own in a container of a fake engine. */
async function start(docker: FakeDocker, ...args: string[]): Promise<Starter> {
  const [redis] = await freePorts(1);
  const env = await starterEnv({
    PATH: docker.path,
    REDIS_URL: undefined,
    REDIS_PORT: `${redis}`,
    NO_DOCKER: undefined,
  });
  const starter = runStarter(env, { root, args });
  seen.push(starter.child.pid ?? 0);
  return starter;
}

/** The line of a call whose text contains `text`, waited for. */
async function called(docker: FakeDocker, text: string): Promise<void> {
  await until(`a call with ${text}`, () => docker.calls().some((call) => call.includes(text)));
}

async function interrupted(starter: Starter): Promise<number | string> {
  starter.child.kill('SIGINT');
  const timer = setTimeout(() => starter.child.kill('SIGKILL'), CTRL_C_LIMIT_MS);
  const code = await starter.exited;
  clearTimeout(timer);
  return code;
}

describe('npm start ends on Ctrl-C', () => {
  it('while the engine does not answer', async () => {
    const docker = fakeDocker('exec sleep 60');
    const starter = await start(docker);
    await called(docker, '');

    expect(await interrupted(starter)).toBe(0);
  });

  it('while an image is pulled', async () => {
    const docker = fakeDocker(`case "$*" in
      "compose version"*) echo 2.40.0 ;;
      *" config "*) echo '{"services":{"redis":{"image":"redis:8"}}}' ;;
      "image inspect"*) exit 1 ;;
      *" pull "*) exec sleep 60 ;;
    esac`);
    const starter = await start(docker);
    await called(docker, ' pull ');

    expect(await interrupted(starter)).toBe(0);
    expect(starter.output()).not.toContain('Docker cannot be used');
  });

  it('while containers are being started, and stops them once they are', async () => {
    const docker = fakeDocker(`case "$*" in
      "compose version"*) echo 2.40.0 ;;
      *" config "*) echo '{"services":{"redis":{"image":"redis:8"}}}' ;;
      *" up "*) sleep 2; echo 'all are up' >>"$CALLS" ;;
    esac`);
    const starter = await start(docker);
    await called(docker, ' up ');

    expect(await interrupted(starter)).toBe(0);
    const calls = docker.calls();
    expect(calls.slice(calls.indexOf('all are up'))).toEqual(['all are up', 'compose stop --timeout 5 redis']);
  });
});

describe('npm start with a containerised application', () => {
  /** An engine on which `docker compose up` fails: a start that goes on ends there. */
  const engine = (ps: string) =>
    fakeDocker(`case "$*" in
      "compose version"*) echo 2.40.0 ;;
      *" config "*) echo '{"services":{"redis":{"image":"redis:8"}}}' ;;
      ${ps}
      *" up "*) exit 1 ;;
    esac`);

  it.each([
    [
      'that runs without its gateway',
      `*"--status running") printf 'app\\nredis\\n' ;;`,
      'the application runs in Docker already (app): run docker compose stop app gateway first\n',
    ],
    [
      'whose gateway alone runs, on another port',
      '*"--status running") echo gateway ;;',
      'the application runs in Docker already (gateway): run docker compose stop app gateway first\n',
    ],
    [
      'that docker compose up has created and not started yet',
      '*"--status running") echo redis ;; *"--status created") echo app ;;',
      'docker compose up is starting the application, or was interrupted: end it, then run docker compose rm --force app gateway\n',
    ],
  ])('refuses a second one beside one %s', async (_what, ps, message) => {
    const starter = await start(engine(ps));

    expect(await starter.exited).toBe(1);
    expect(starter.output()).toBe(message);
  });

  it('starts after a docker compose up that was interrupted and left nothing running', async () => {
    const docker = engine('*"--status created") echo app ;;');
    await start(docker);
    await called(docker, ' up ');
  });

  it('starts the services alone beside it', async () => {
    const docker = engine('*"--status running") echo app ;;');
    await start(docker, '--services-only');
    await called(docker, ' up ');
  });
});

/** Runs a command of the copy to its end; returns what it printed and its exit code. */
async function runCommand(name: string, docker: FakeDocker, extra: NodeJS.ProcessEnv = {}): Promise<string> {
  const args = ['tools/bootstrap/run.mjs', `local/commands/${name}`];
  const env = { ...process.env, PATH: docker.path, NO_DOCKER: undefined, ...extra };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return `${printed}${errors}${code}`;
}

describe('npm run doctor', () => {
  const lock = path.join(root, '.local', 'run', 'services.lock');
  const docker = () =>
    fakeDocker('case "$*" in "compose version"*) echo 2.40.0 ;; *"--status running") echo redis ;; esac');

  /** Every service is local; this process listens on Redis' port. */
  async function listening(): Promise<{ port: number; env: NodeJS.ProcessEnv }> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const names = [
      'HTTP_PORT',
      'EMAIL_HTTP_PORT',
      'LAMBDA_PORT',
      'MYSQL_PORT',
      'KAFKA_PORT',
      'SMTP_PORT',
      'MAIL_UI_PORT',
    ];
    const free = await freePorts(names.length);
    const urls = ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL', 'REDIS_URL', 'KAFKA_BROKERS', 'SMTP_URL'];
    return {
      port,
      env: {
        ...Object.fromEntries(urls.map((name) => [name, undefined])),
        ...Object.fromEntries(names.map((name, index) => [name, `${free[index]}`])),
        REDIS_PORT: `${port}`,
      },
    };
  }

  it('accepts the port of a container that docker compose up started', async () => {
    const { port, env } = await listening();
    const printed = await runCommand('doctor', docker(), env);

    expect(printed).toContain(`✓ port ${port} (Redis): in use by docker compose, npm start uses it`);
    expect(printed).toMatch(/npm start will work\.\n0$/);
  });

  it('accepts the ports of npm start -- --services-only', async () => {
    const { port, env } = await listening();
    mkdirSync(path.dirname(lock), { recursive: true });
    writeFileSync(lock, `${process.pid} ${startTimeOf(process.pid)}`);
    onTestFinished(() => rmSync(lock));
    const printed = await runCommand('doctor', fakeDocker('case "$*" in "compose version"*) echo 2.40.0 ;; esac'), env);

    expect(printed).toContain(`✓ port ${port} (Redis): in use by npm start`);
    expect(printed).toMatch(/npm start will work\.\n0$/);
  });

  it('names the program on a port that is taken', async () => {
    const { port, env } = await listening();
    const printed = await runCommand('doctor', docker(), {
      ...env,
      REDIS_PORT: env['MYSQL_PORT'],
      MYSQL_PORT: `${port}`,
    });

    expect(printed).toMatch(new RegExp(`✗ port ${port} \\(MariaDB/MySQL\\): in use by .+ \\(pid ${process.pid}\\)`));
    expect(printed).toMatch(/\n1$/);
  });
});

describe('npm run reset', () => {
  const logs = path.join(root, '.local', 'log');

  it('removes volumes and logs after a start in Docker alone', async () => {
    mkdirSync(logs, { recursive: true });
    const docker = fakeDocker('case "$*" in "compose version"*) echo 2.40.0 ;; esac');

    const printed = await runCommand('reset', docker);

    expect(printed).toMatch(/✓ remove volumes .*✓ remove data and logs .*\n0$/s);
    expect(docker.calls().at(-1)).toBe('compose --profile tools --profile observability down --volumes --timeout 1');
    expect(existsSync(logs)).toBe(false);
    expect(await runCommand('reset', docker)).toMatch(/✓ remove volumes .*\n0$/);
  });

  it('names the command that stops the containers of every profile', async () => {
    const running = 'case "$*" in "compose version"*) echo 2.40.0 ;; *"--status running") echo kafka-ui ;; esac';
    expect(await runCommand('reset', fakeDocker(running))).toBe(
      "these containers are running: kafka-ui; run docker compose --profile '*' stop first\n1",
    );
  });

  it('reports that an engine that cannot be used keeps its volumes', async () => {
    const docker = fakeDocker('case "$*" in "compose version"*) echo 2.17.3 ;; esac');
    expect(await runCommand('reset', docker)).toBe(
      '  ! Docker volumes were not removed: its Compose is version 2.17.3, and 2.24 or later is needed.\nThere is no data to remove.\n0',
    );
  });
});
