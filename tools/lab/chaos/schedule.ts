import { dependencies, type Fault, type FaultKind, isProcessFault } from '../faults/faults.ts';

export type ScheduledFault = Fault & { atMs: number; forMs: number };

const gapMs = { least: 10_000, most: 60_000 };
const faultMs = { least: 2000, most: 12_000 };
/** What a process may need to start again: the next fault of the same dependency is that much later. */
const returnMs = 8000;

const kinds: readonly FaultKind[] = ['stop', 'kill', 'pause', 'silent', 'slow', 'reset', 'refuse', 'cut'];

/** The supervisor restarts an application at once that ran for a minute; one that did not waits for ever longer. */
const uptimeMs = 70_000;

/** Restarts of replicas, one after the other, in order and by force in turn. The last one ends long before the end. */
export function scheduleRestarts(replicas: number, lengthMs: number): (ScheduledFault & { replica: number })[] {
  const everyMs = uptimeMs / replicas;
  const count = Math.max(0, Math.floor(lengthMs / everyMs) - 1);
  return Array.from({ length: count }, (_, turn) => {
    const kind = Math.floor(turn / replicas) % 2 === 0 ? 'stop' : 'kill';
    return { replica: turn % replicas, dependency: 'app', kind, atMs: (turn + 1) * everyMs, forMs: 0 };
  });
}

/**
 * A pseudo-random generator whose whole sequence follows from its seed (mulberry32).
 * @returns the next number, from 0 up to but not 1
 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Random faults for a soak, in the order of their beginning. Each dependency has one at a time; those of several may overlap.
 * @param lengthMs of the whole soak
 */
export function scheduleFaults(
  seed: number,
  lengthMs: number,
  isPossible: (fault: Fault) => boolean = () => true,
): ScheduledFault[] {
  const random = randomFrom(seed);
  const between = ({ least, most }: { least: number; most: number }) => Math.round(least + random() * (most - least));
  const faults: ScheduledFault[] = [];
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
}
