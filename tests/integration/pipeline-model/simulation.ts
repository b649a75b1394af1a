import { AsyncLocalStorage } from 'node:async_hooks';
import type { Effect, EffectMoment } from '#shared/runtime/effects.ts';

/** One life of one process: from its start to its crash. */
export interface Life {
  readonly name: string;
  isDead: boolean;
  /** It dies with its next transaction, which is rolled back. */
  diesInTransaction: boolean;
}

/** Code that waits to be resumed: at an effect, at a fake server, or for a timer. */
interface Waiting {
  readonly life: Life;
  readonly at: string;
  letOn(): void;
}

const EFFECTS_HOOK = Symbol.for('event-driven-registration.effects');
const QUIET_TURNS = 4;

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs the code of several processes in this one under a scheduler. Code that reaches an effect, a fake server or a timer waits until
 * it is resumed, so that the test chooses the order of events. The clocks stand still until the test moves them.
 */
export function startSimulation() {
  const lives = new AsyncLocalStorage<Life>();
  const startedAt = Math.floor(Date.now() / 1000) * 1000;
  let elapsedMs = 0;
  let waiting: Waiting[] = [];
  let inFlight = 0;

  const waitAt = (at: string): Promise<void> | undefined => {
    const life = lives.getStore();
    if (life === undefined) return undefined;
    if (life.isDead) return forever();
    return new Promise((resolve) => {
      waiting.push({ life, at, letOn: resolve });
    });
  };

  const real = { setTimeout, clearTimeout, now: performance.now };
  const fakeSetTimeout = (run: () => void, ms?: number): unknown => {
    const life = lives.getStore();
    if (life === undefined) return real.setTimeout(run, ms);
    const entry: Waiting = { life, at: `timer of ${ms} ms`, letOn: () => lives.run(life, run) };
    waiting.push(entry);
    return Object.assign(entry, { ref: () => entry, unref: () => entry, hasRef: () => true });
  };
  const fakeClearTimeout = (handle: never): void => {
    const before = waiting.length;
    waiting = waiting.filter((entry) => entry !== handle);
    if (waiting.length === before) real.clearTimeout(handle);
  };

  Object.assign(globalThis, { setTimeout: fakeSetTimeout, clearTimeout: fakeClearTimeout });
  performance.now = () => (lives.getStore() === undefined ? real.now.call(performance) : elapsedMs);
  Object.defineProperty(globalThis, EFFECTS_HOOK, {
    value: (name: Effect, moment: EffectMoment) => waitAt(`${moment} ${name}`),
    configurable: true,
  });

  return {
    waitAt,
    currentLife: () => lives.getStore(),
    /** Runs a function as the process's code. */
    runAs: <T>(life: Life, run: () => T): T => lives.run(life, run),
    /** Runs a call to a real server, which completes by itself; `settle` waits for it. */
    outside: async <T>(run: () => Promise<T>): Promise<T> => {
      inFlight += 1;
      try {
        return await lives.exit(run);
      } finally {
        inFlight -= 1;
      }
    },

    nowMs: () => startedAt + elapsedMs,
    elapsedMs: () => elapsedMs,
    passTime(ms: number): void {
      elapsedMs += ms;
    },

    /** The waiting code, in order of arrival. */
    waiting: (): ReadonlyArray<Pick<Waiting, 'life' | 'at'>> => waiting,
    /** Waits until all code waits to be resumed or has ended. */
    async settle(): Promise<void> {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = inFlight === 0 ? quiet + 1 : 0) await turn();
    },
    letOn(index: number): void {
      const [entry] = waiting.splice(index, 1);
      entry?.letOn();
    },
    /** Stops all code of the dead process. */
    bury(life: Life): void {
      life.isDead = true;
      waiting = waiting.filter((entry) => entry.life !== life);
    },

    stop(): void {
      Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
      performance.now = real.now;
      Reflect.deleteProperty(globalThis, EFFECTS_HOOK);
    },
  };
}

export type Simulation = ReturnType<typeof startSimulation>;
