import { areSpansExported, inChildSpan } from '#shared/observability/spans.ts';

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

/** Where the effects act that are no statement on MySQL. */
const SYSTEMS: Readonly<Partial<Record<Effect, 'kafka' | 'redis' | 'smtp'>>> = {
  'publish event': 'kafka',
  'relay events': 'kafka',
  'dead-letter messages': 'kafka',
  'publish confirmations': 'kafka',
  'publish dead letters': 'kafka',
  'dead-letter confirmations': 'kafka',
  'send mail': 'smtp',
  'invalidate cached user': 'redis',
};

const ATTRIBUTES = {
  kafka: { 'messaging.system': 'kafka', 'messaging.operation.type': 'send' },
  redis: { 'db.system.name': 'redis' },
  smtp: { 'network.protocol.name': 'smtp' },
  mysql: { 'db.system.name': 'mysql' },
};

/** Runs a named effect, which is a span of its own where spans are exported. @throws whatever `run` throws */
export function effect<T>(name: Effect, run: () => Promise<T>): Promise<T> {
  if (!areSpansExported) return hooked(name, run);
  const system = SYSTEMS[name] ?? 'mysql';
  const kind = system === 'kafka' ? 'producer' : 'client';
  return inChildSpan({ name, kind, attributes: ATTRIBUTES[system] }, () => hooked(name, run));
}

async function hooked<T>(name: Effect, run: () => Promise<T>): Promise<T> {
  if (holder[HOOK] === undefined) return run();
  await reached(name, 'before');
  const result = await run();
  await reached(name, 'after');
  return result;
}
