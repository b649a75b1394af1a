import { run } from './run.ts';

/** Python's package tool, installed with apt where it is missing. */
export async function requirePip(): Promise<void> {
  try {
    await run('python3', ['-c', 'import pip, venv']);
  } catch {
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-pip', 'python3-venv'], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
}
