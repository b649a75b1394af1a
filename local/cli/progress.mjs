import { performance } from 'node:perf_hooks';

const announceAfterMs = 1500;

/**
 * @param {number} ms
 * @returns {string} seconds with one decimal
 */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs one step and prints it with its time; a slow one is also announced while it runs.
 * @template T
 * @param {string} label
 * @param {() => Promise<T> | T} work may return `{ note }` to say more on the line
 * @returns {Promise<T>}
 */
export async function step(label, work) {
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

/** @param {unknown} result */
function noteOf(result) {
  const note = typeof result === 'object' && result !== null && 'note' in result ? result.note : undefined;
  return typeof note === 'string' && note !== '' ? `: ${note}` : '';
}
