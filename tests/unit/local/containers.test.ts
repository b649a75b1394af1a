import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeDocker } from '#tests/helpers/fake-docker.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { readSettings } from '#tools/local/cli/settings.ts';
import { processName } from '#tools/local/process/pid-file.ts';
import { canRunContainers, examineDocker, removeAbandonedProjects } from '#tools/local/services/docker.ts';

/** No system assigns a pid this high. */
const deadPid = 2 ** 30;

const { ports } = readSettings({});

function useDocker(script: string) {
  const docker = fakeDocker(script);
  vi.stubEnv('PATH', docker.path);
  vi.stubEnv('NO_DOCKER', '');
  return docker;
}

afterEach(() => vi.unstubAllEnvs());

/** An engine that answers, with a shell's `case` for more. */
function answeringEngine(cases: string): string {
  return `case "$*" in ${cases} "compose version"*) echo 2.40.0 ;; esac`;
}

describe('the Docker engine', () => {
  it.each([
    ['without an engine', 'exit 1', { hasEngine: false }],
    ['with Compose', answeringEngine(''), { hasEngine: true }],
    [
      'without Compose',
      answeringEngine('"compose version"*) exit 1 ;;'),
      { hasEngine: true, problem: expect.objectContaining({ what: 'its Compose plugin is missing' }) },
    ],
    [
      'with an old Compose',
      answeringEngine('"compose version"*) echo v2.17.3 ;;'),
      {
        hasEngine: true,
        problem: {
          what: 'its Compose is version 2.17.3, and 2.24 or later is needed',
          advice: 'install Docker Compose 2.24 or later',
        },
      },
    ],
  ])('is examined %s', async (_what, script, expected) => {
    useDocker(script);
    expect(await examineDocker()).toEqual(expected);
  });

  it('that accepts connections and never answers is a problem', async () => {
    useDocker('exec sleep 60');
    expect(await examineDocker({ limitMs: 100 })).toEqual({
      hasEngine: true,
      problem: { what: 'its engine did not answer within 0.1 s', advice: 'restart Docker' },
    });
  });

  it('is not used when the pull of an image is aborted; the pull and its children end', async () => {
    const script = answeringEngine(`
      *" config "*) echo '{"services":{"redis":{"image":"redis:8"}}}' ;;
      "image inspect"*) exit 1 ;;
      *" pull "*) sleep 60 & echo "pid $!" >>"$CALLS"; wait ;;`);
    const docker = useDocker(script);
    const controller = new AbortController();
    const used = canRunContainers(['redis'], { ports }, { docker: { hasEngine: true }, signal: controller.signal });
    const pid = await waitFor(() => Number(/^pid (\d+)$/m.exec(docker.calls().join('\n'))?.[1]), { what: 'the pull' });
    controller.abort();

    expect(await used).toBe(false);
    await waitFor(() => !isAlive(pid), { timeoutMs: 5000, what: 'the end of the pull' });
  });
});

describe('the projects of killed test runs', () => {
  it('are removed, and no others', async () => {
    const names = [
      `t-${deadPid}-1`,
      `t-${process.pid}-1`,
      `t-${processName(process.pid)}`,
      `t-${deadPid}`,
      't-1a2b3c4d',
      't-12345678',
      't-',
      'other',
    ];
    const docker = useDocker(`case "$*" in "compose ls"*) printf '%s\\n' ${names.join(' ')} ;; esac`);

    await removeAbandonedProjects('t-', ports);

    const removed = docker.calls().flatMap((call) => /--project-name (\S+) down --volumes/.exec(call)?.[1] ?? []);
    expect(removed).toEqual([`t-${deadPid}-1`, `t-${process.pid}-1`]);
  });
});
