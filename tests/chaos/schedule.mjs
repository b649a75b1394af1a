import { dependencies, isProcessFault } from './faults.mjs';
import { randomFrom } from './random.mjs';

/** @typedef {import('./faults.mjs').Fault & { atMs: number, forMs: number }} ScheduledFault */

const gapMs = { least: 10_000, most: 60_000 };
const faultMs = { least: 2000, most: 12_000 };
/** What a process may need to come back: the next fault of the same dependency is that much later. */
const returnMs = 8000;

/** @type {readonly import('./faults.mjs').FaultKind[]} */
const kinds = ['stop', 'kill', 'pause', 'silent', 'slow', 'reset', 'refuse', 'cut'];

/**
 * Random faults for a soak, in the order of their beginning. Each dependency has one at a time; those of several may overlap.
 * @param {number} seed
 * @param {number} lengthMs of the whole soak
 * @param {(fault: import('./faults.mjs').Fault) => boolean} [isPossible]
 * @returns {ScheduledFault[]}
 */
export const scheduleFaults = (seed, lengthMs, isPossible = () => true) => {
  const random = randomFrom(seed);
  const between = (/** @type {{ least: number, most: number }} */ { least, most }) =>
    Math.round(least + random() * (most - least));
  /** @type {ScheduledFault[]} */
  const faults = [];
  for (const dependency of dependencies) {
    const choice = kinds.filter((kind) => isPossible({ dependency, kind }));
    let atMs = between(gapMs);
    for (;;) {
      const kind = choice[Math.floor(random() * choice.length)];
      const forMs = between(faultMs);
      if (kind === undefined || atMs + forMs > lengthMs) break;
      faults.push({ dependency, kind, atMs, forMs });
      atMs += forMs + (isProcessFault(kind) ? returnMs : 0) + between(gapMs);
    }
  }
  return faults.sort((a, b) => a.atMs - b.atMs || a.dependency.localeCompare(b.dependency));
};
