import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
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
  for (const name of ['NO_DOCKER', 'DOCKER_HOST', 'DOCKER_CONTEXT']) vi.stubEnv(name, '');
  return docker;
}

afterEach(() => vi.unstubAllEnvs());

/** @returns what the test prints from here on */
function printedLines() {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => void write.mockRestore());
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}

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

  const denied = 'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock';
  const unreachable = 'Cannot connect to the Docker daemon at tcp://10.0.0.9:2375. Is the docker daemon running?';
  const unknownContext = 'Failed to initialize: unable to resolve docker endpoint: context "lab": context not found';

  it.each([
    [
      'that refuses this user',
      denied,
      {},
      'permission to use its engine is denied',
      /group docker: sudo usermod -aG docker \$USER, then log in again$/,
    ],
    [
      'that DOCKER_HOST names in vain',
      unreachable,
      { DOCKER_HOST: 'tcp://10.0.0.9:2375' },
      'no engine answers at DOCKER_HOST=tcp://10.0.0.9:2375',
      /DOCKER_HOST/,
    ],
    [
      'that DOCKER_CONTEXT names in vain',
      unreachable,
      { DOCKER_CONTEXT: 'lab' },
      'no engine answers at DOCKER_CONTEXT=lab',
      /DOCKER_CONTEXT/,
    ],
    ['of an unknown context', unknownContext, {}, 'its context is not found', /^docker context use default/],
  ])('%s is a problem, which npm start reports in one line', async (_what, message, variables, what, advice) => {
    useDocker(`echo '${message}' >&2; exit 1`);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const docker = await examineDocker();
    const lines = printedLines();

    expect(docker).toEqual({ hasEngine: true, problem: { what, advice: expect.stringMatching(advice) } });
    expect(await canRunContainers(['redis'], { ports }, { docker, signal: undefined })).toBe(false);
    expect(lines()).toBe(
      `  ! Docker cannot be used: ${what}. Starting the servers without it (NO_DOCKER=1 skips this check).\n`,
    );
  });

  it.each([
    ['socket', 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'],
    ['listener', 'dial unix /var/run/docker.sock: connect: connection refused'],
  ])('without a %s is no engine, and nothing is reported', async (_what, message) => {
    useDocker(`echo '${message}' >&2; exit 1`);
    expect(await examineDocker()).toEqual({ hasEngine: false });
  });

  it('of DOCKER_HOST that accepts connections and never answers is named', async () => {
    useDocker('exec sleep 60');
    vi.stubEnv('DOCKER_HOST', 'tcp://10.0.0.9:2375');
    const { problem } = await examineDocker({ limitMs: 100 });
    expect(problem?.what).toBe('no engine answers at DOCKER_HOST=tcp://10.0.0.9:2375');
  });

  it('that accepts connections and never answers is a problem', async () => {
    useDocker('exec sleep 60');
    expect(await examineDocker({ limitMs: 100 })).toEqual({
      hasEngine: true,
      problem: { what: 'its engine did not answer within 0.1 s', advice: 'restart Docker' },
    });
  });

  it.each([
    [
      'mail',
      'no matching manifest for linux/arm64/v8 in the manifest list entries',
      ': set MAIL_CATCHER_IMAGE, see docs/docker.md',
    ],
    ['redis', 'no matching manifest for linux/arm64/v8 in the manifest list entries', ''],
    ['mail', 'toomanyrequests: rate limit', ''],
  ] as const)('that cannot pull the image of %s reports: %s', async (name, message, advice) => {
    useDocker(
      answeringEngine(`
      *" config "*) echo '{"services":{"${name}":{"image":"the-image:1"}}}' ;;
      "image inspect"*) exit 1 ;;
      *" pull "*) echo '${message}' >&2; exit 1 ;;`),
    );
    const lines = printedLines();
    await canRunContainers([name], { ports }, { docker: { hasEngine: true }, signal: undefined });

    expect(lines()).toBe(
      `  ! Docker cannot be used: pulling the-image:1 failed (${message})${advice}. Starting the servers without it (NO_DOCKER=1 skips this check).\n`,
    );
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
