import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { copyRepository } from '#tests/helpers/copy-repository.ts';
import { type FakeDocker, fakeDocker } from '#tests/helpers/fake-docker.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { killAll, runStarter, type Starter, starterEnv, until } from './starter.ts';

const CTRL_C_LIMIT_MS = 10_000;

// With data and locks of its own: npm start may run here.
const root = copyRepository();
const seen: number[] = [];
afterEach(() => killAll(seen.splice(0)));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** `npm start` with a Redis of its own in a container of a fake engine. */
async function start(docker: FakeDocker): Promise<Starter> {
  const [redis] = await freePorts(1);
  const env = await starterEnv({
    PATH: docker.path,
    REDIS_URL: undefined,
    REDIS_PORT: `${redis}`,
    NO_DOCKER: undefined,
  });
  const starter = runStarter(env, root);
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

describe('npm run reset', () => {
  const logs = path.join(root, '.local', 'log');

  function reset(docker: FakeDocker): string {
    const args = ['tools/bootstrap/run.mjs', 'local/commands/reset'];
    const env = { ...process.env, PATH: docker.path, NO_DOCKER: undefined };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
    return `${stdout}${stderr}${status}`;
  }

  it('removes volumes and logs after a start in Docker alone', () => {
    mkdirSync(logs, { recursive: true });
    const docker = fakeDocker('case "$*" in "compose version"*) echo 2.40.0 ;; esac');

    const printed = reset(docker);

    expect(printed).toMatch(/✓ remove volumes .*✓ remove data and logs .*\n0$/s);
    expect(docker.calls().at(-1)).toBe('compose down --volumes --timeout 1');
    expect(existsSync(logs)).toBe(false);
    expect(reset(docker)).toMatch(/✓ remove volumes .*\n0$/);
  });

  it('reports that an engine that cannot be used keeps its volumes', () => {
    const docker = fakeDocker('case "$*" in "compose version"*) echo 2.17.3 ;; esac');
    expect(reset(docker)).toBe(
      '  ! Docker volumes were not removed: its Compose is version 2.17.3, and 2.24 or later is needed.\nThere is no data to remove.\n0',
    );
  });
});
