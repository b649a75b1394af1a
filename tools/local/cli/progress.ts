import { performance } from 'node:perf_hooks';

const announceAfterMs = 1500;

/** @returns seconds with one decimal */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function say(line: string) {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs one step and prints it with its duration; a slow one is also announced while it runs.
 * @param work may return `{ note }`, which is printed as well
 */
export async function step<T>(label: string, work: () => Promise<T> | T): Promise<T> {
  const started = performance.now();
  const announce = setTimeout(() => say(`  … ${label}`), announceAfterMs);
  try {
    const result = await work();
    say(`  ✓ ${label}${noteOf(result)} (${seconds(performance.now() - started)})`);
    return result;
  } finally {
    clearTimeout(announce);
  }
}

function noteOf(result: unknown) {
  const note = typeof result === 'object' && result !== null && 'note' in result ? result.note : undefined;
  return typeof note === 'string' && note !== '' ? `: ${note}` : '';
}
