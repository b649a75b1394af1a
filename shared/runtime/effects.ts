/**
 * Every change that the pipeline makes outside its own memory: one statement, one transaction, one publication, one mail. The
 * functions that make a change take its name from this list. `tests/integration/crash-points` kills a process before and after
 * each of them, and `tools/build/pages/effects-page.ts` describes what remains: a name that one of them lacks does not compile.
 */
export const EFFECTS = [
  'register user',
  'publish event',
  'mark event published',

  'lease due events',
  'relay events',
  'release events',
  'mark events relayed',

  'take in messages',
  'dead-letter messages',

  'count start',
  'send mail',
  'transmit mail',
  'record sent',
  'release delivery',
  'postpone delivery',
  'record failed',
  'publish confirmations',
  'publish dead letters',
  'mark results published',
  'lease due deliveries',

  'finish events',
  'dead-letter confirmations',

  'record dead letters',

  'reopen event',

  'update user',
  'remove user',
  'invalidate cached user',
  'delete invalidation',
] as const;

export type Effect = (typeof EFFECTS)[number];

export type EffectMoment = 'before' | 'after';

type EffectHook = (name: Effect, moment: EffectMoment) => Promise<void> | undefined;

/** Process-wide, so that a test hook also reaches built bundles. */
const HOOK = Symbol.for('event-driven-registration.effects');

const holder = globalThis as unknown as Record<symbol, EffectHook | undefined>;

/** Awaits the test hook if one is installed; otherwise a single property lookup. For effects that are not one call. */
export const reached: EffectHook = (name, moment) => holder[HOOK]?.(name, moment);

/** Runs a named effect. @throws whatever `run` throws */
export async function effect<T>(name: Effect, run: () => Promise<T>): Promise<T> {
  if (holder[HOOK] === undefined) return run();
  await reached(name, 'before');
  const result = await run();
  await reached(name, 'after');
  return result;
}
