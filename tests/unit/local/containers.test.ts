import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeDocker } from '#tests/helpers/fake-docker.ts';
import { readSettings } from '#tools/local/cli/settings.ts';
import { processName } from '#tools/local/process/pid-file.ts';
import { removeAbandonedProjects } from '#tools/local/services/docker.ts';

/** No system assigns a pid this high. */
const deadPid = 2 ** 30;

const { ports } = readSettings({});

function useDocker(script: string) {
  const docker = fakeDocker(script);
  vi.stubEnv('PATH', docker.path);
  return docker;
}

afterEach(() => vi.unstubAllEnvs());

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
