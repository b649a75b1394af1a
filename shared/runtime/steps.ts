/**
 * Every point between two effects of the pipeline, named after the preceding effect. `tests/integration/crash-points` kills a
 * process at each of them and checks that nothing is lost and what is repeated. Add a step after each new effect; a step without
 * a test fails the suite.
 */
export const STEPS = [
  'create: password hashed',
  'create: user written',
  'create: event written',
  'create: committed',

  'inline publish: taken',
  'inline publish: marked',

  'relay: rows locked',
  'relay: rows leased',
  'relay: claimed',
  'relay: taken',
  'relay: not taken',
  'relay: given back',
  'relay: marked',

  'intake: parsed',
  'intake: rows written',
  'intake: rows claimed',
  'intake: committed',
  'intake: batch done',

  'send: allowed',
  'send: start counted',
  'send: go-ahead seen',
  'send: handed over',
  'send: 250 seen',
  'send: SENT written',
  'send: not sent',
  'send: postponed',
  'send: given back',
  'send: FAILED written',

  'confirmation: taken',
  'confirmation: settled',
  'dead letter: taken',
  'dead letter: settled',

  'deliver-due: sent recorded',
  'deliver-due: abandoned freed',
  'deliver-due: rows locked',
  'deliver-due: rows claimed',
  'deliver-due: claimed',
  'deliver-due: results locked',
  'deliver-due: results leased',
  'deliver-due: results claimed',

  'confirm: parsed',
  'confirm: FINISHED written',
  'confirm: batch done',

  'record: parsed',
  'record: letters written',
  'record: FAILED written',
  'record: committed',

  'retry: reopened',
  'retry: committed',

  'update: user written',
  'update: invalidation written',
  'update: committed',
  'remove: user deleted',
  'remove: address erased',
  'remove: invalidation written',
  'remove: committed',
  'invalidate: Redis told',
  'invalidate: acknowledged',
] as const;

export type Step = (typeof STEPS)[number];

type StepHook = (step: Step) => Promise<void> | undefined;

/** Process-wide, so that a test hook also reaches built bundles. */
const HOOK = Symbol.for('event-driven-registration.steps');

const holder = globalThis as unknown as Record<symbol, StepHook | undefined>;

/** Awaits the test hook if one is installed; otherwise a single property lookup. */
export const step: StepHook = (name) => holder[HOOK]?.(name);
