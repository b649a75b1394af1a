import { rmSync } from 'node:fs';
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
