/**
 * Every place between two effects of the pipeline, named after the effect that has just happened. At each of them a process may
 * die: `tests/integration/crash-points` kills one at every name in this list and shows that nothing is lost, and what is
 * repeated. An effect that is added gets a step behind it, and a step without a test fails the suite.
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

/** Process-wide, so that a test reaches whatever is loaded, a built bundle too. */
const HOOK = Symbol.for('event-driven-registration.steps');

const holder = globalThis as unknown as Record<symbol, StepHook | undefined>;

/** Tells whoever listens that this place was reached, and waits for him. Nobody does but tests: then it is one look-up. */
export const step: StepHook = (name) => holder[HOOK]?.(name);
