import { expect } from 'vitest';
import { EFFECTS, type Effect } from '#shared/runtime/effects.ts';
import { throughProxy } from '#tools/lab/faults/tcp-proxy.ts';
import type { Subject } from './arrange.ts';
import * as given from './arrange.ts';
import { batch, create, deliverDue, get, relay, remove, rename, retry } from './invocations.ts';
import type { CrashPoint, Environment, Invocation } from './lambda-host.ts';
import { survive } from './survive.ts';
import type { World } from './world.ts';

/** One crash: the operation that dies, and the expected result after the surviving processes have finished the work. */
export interface CrashTest {
  /** Completes "killed in …". */
  readonly what: string;
  arrange(world: World): Promise<Subject>;
  /** The victim's calls; it dies in the last one. */
  victim(world: World, subject: Subject): Promise<Invocation | Invocation[]> | Invocation;
  /** Environment variables that differ between victim and survivor. */
  env?(world: World): Environment;
  /** The event's final state, or `none` if there is no event. */
  readonly event: 'FINISHED' | 'FAILED' | 'none';
  /** How often the mail server accepted the mail: twice only if the 250 was lost with the process. */
  readonly mails: 0 | 1 | 2;
  also?(world: World, subject: Subject): Promise<void>;
}

/** A port without a listener. */
const NOWHERE = '127.0.0.1:9';

const newName = 'Zoe';

function mailedTo({ mail }: World, { email }: Subject): number {
  return mail.messageIdsTo(email).length;
}

async function cachedName(world: World, { id }: Subject): Promise<unknown> {
  const answer = await world.survivor(get(id));
  return answer?.statusCode === 200 ? JSON.parse(answer.body ?? '').name : answer?.statusCode;
}

export async function sendBatch(world: World) {
  return batch('sendWelcomeEmail', await world.records('user.email.send'));
}
async function sentBatch(world: World) {
  return batch('confirmEmailSent', await world.records('user.email.sent'));
}
async function deadBatch(world: World) {
  return batch('recordDeadLetter', await world.records('user.email.send.dlq'));
}

const once = { event: 'FINISHED', mails: 1 } as const;
const never = { event: 'FAILED', mails: 0 } as const;

const creating: CrashTest = {
  what: 'a create',
  arrange: given.newcomer,
  victim: (_, { email }) => create(email),
  ...once,
};
const notCreated: CrashTest = {
  ...creating,
  event: 'none',
  mails: 0,
  async also(world, subject) {
    expect(await world.users.db('users')).toEqual([]);
    expect(await world.survivor(create(subject.email))).toMatchObject({ statusCode: 201 });
    await survive(world);
    expect(mailedTo(world, subject)).toBe(1);
  },
};

const relaying: CrashTest = { what: 'the first relay', arrange: given.committed, victim: () => relay, ...once };
const republishing: CrashTest = { ...relaying, what: 'a repeated relay', arrange: given.published };
const brokerAway: CrashTest = {
  ...relaying,
  what: 'a relay without a broker',
  env: () => ({ KAFKA_BROKERS: NOWHERE }),
};

const intake: CrashTest = { what: 'the consumer', arrange: given.published, victim: sendBatch, ...once };
const reopening: CrashTest = { ...intake, what: 'the consumer of a retry', arrange: given.retried };
const besideGarbage: CrashTest = {
  ...intake,
  what: 'the consumer of a batch with an invalid record',
  arrange: given.besideGarbage(given.published, 'user.email.send'),
  async also({ users }) {
    expect(await users.db('dead_letters')).toContainEqual(expect.objectContaining({ event_uuid: null }));
  },
};
const confirmingAgain: CrashTest = { ...intake, what: 'a redelivery after the mail', arrange: given.delivered };
const buryingAgain: CrashTest = { ...intake, what: 'a redelivery after the failure', arrange: given.buried, ...never };

const due: CrashTest = { what: 'deliver-due', arrange: given.pending, victim: () => deliverDue, ...once };
const suspected: CrashTest = { ...due, what: 'deliver-due of a suspect', arrange: given.suspect };
const sending = [intake, due];
export function throughTheProxy({ notifications, proxy }: World): Environment {
  return { NOTIFICATIONS_DATABASE_URL: throughProxy(notifications.url, proxy) };
}
const recordedLate: CrashTest = {
  ...intake,
  what: 'the consumer whose database is back after a second',
  env: throughTheProxy,
  victim(world, { email }) {
    world.mail.beforeAnswer(email, () => {
      void world.proxy.set('refuse');
      setTimeout(() => void world.proxy.set('pass'), 1000);
    });
    return sendBatch(world);
  },
};
const claimWithoutAnswer: CrashTest = {
  ...due,
  what: 'deliver-due with a claim whose commit got no response',
  env: throughTheProxy,
  victim: async (world) => [
    { ...deliverDue, before: () => world.proxy.set('cut', { of: 'client', text: 'COMMIT;' }) },
    { ...deliverDue, before: () => world.proxy.set('pass') },
  ],
};

const resultDue: CrashTest = { ...due, what: 'deliver-due of a result', arrange: given.recorded };

function noServer() {
  return { SMTP_URL: `smtp://${NOWHERE}` };
}
const refused: CrashTest = {
  ...intake,
  what: 'a permanent refusal',
  arrange: given.refusing(given.published),
  ...never,
};
const refusedDue: CrashTest = { ...refused, arrange: given.refusing(given.pending), victim: () => deliverDue };
const greylisted: CrashTest = { ...intake, what: 'a greylisting', arrange: given.refusing(given.published, 1) };
const greylistedDue: CrashTest = { ...greylisted, arrange: given.refusing(given.pending, 1), victim: () => deliverDue };
const serverAway: CrashTest = { ...intake, what: 'the consumer without a mail server', env: noServer };
const serverAwayDue: CrashTest = { ...due, what: 'deliver-due without a mail server', env: noServer };

const confirming: CrashTest = { what: 'a confirmation', arrange: given.delivered, victim: sentBatch, ...once };
const confirmingLate: CrashTest = { ...confirming, what: 'a late confirmation', arrange: given.confirmedLate };
const confirmingGarbage: CrashTest = {
  ...besideGarbage,
  what: 'a confirmation beside an invalid record',
  arrange: given.besideGarbage(given.delivered, 'user.email.sent'),
  victim: sentBatch,
};

const recording: CrashTest = { what: 'the recorder', arrange: given.buried, victim: deadBatch, ...never };

const retrying: CrashTest = { what: 'a retry', arrange: given.failed, victim: (_, { uuid }) => retry(uuid), ...once };
const notRetried: CrashTest = {
  ...retrying,
  ...never,
  async also(world, subject) {
    expect(await world.survivor(retry(subject.uuid))).toMatchObject({ statusCode: 202 });
    await survive(world);
    expect(mailedTo(world, subject)).toBe(1);
  },
};

function named(name: unknown) {
  return async (world: World, subject: Subject) => {
    expect(await cachedName(world, subject)).toBe(name);
    expect(await cachedName(world, subject)).toBe(name);
  };
}
const updating: CrashTest = {
  what: 'an update',
  arrange: given.cached,
  victim: (_, { id }) => rename(id, newName),
  ...once,
  also: named(newName),
};
const notUpdated: CrashTest = { ...updating, also: named('Ann') };
const removing: CrashTest = {
  ...updating,
  what: 'a removal',
  victim: (_, { id }) => remove(id),
  async also(world, subject) {
    await named(404)(world, subject);
    expect(await world.users.db('outbox_events').first()).toMatchObject({ user_email: null });
  },
};
const notRemoved: CrashTest = {
  ...removing,
  async also(world, subject) {
    await named('Ann')(world, subject);
    expect(await world.users.db('outbox_events').first()).toMatchObject({ user_email: subject.email });
  },
};
const draining: CrashTest = {
  ...updating,
  what: "the relay's invalidation",
  arrange: given.staleInCache(newName),
  victim: () => relay,
};
const invalidating = [updating, removing, draining];

/** For each effect, the tests that die right before it, and those that die right after it. */
const CRASH_TESTS: Readonly<Record<Effect, readonly [before: readonly CrashTest[], after: readonly CrashTest[]]>> = {
  'register user': [[notCreated], [creating]],
  'publish event': [[creating], [creating, retrying]],
  'mark event published': [[creating], [creating, retrying]],

  'lease due events': [[relaying], [relaying, republishing]],
  'relay events': [
    [relaying, republishing],
    [relaying, republishing],
  ],
  'release events': [[brokerAway], [brokerAway]],
  'mark events relayed': [[relaying], [relaying]],

  'take in messages': [[intake], [intake, reopening]],
  'dead-letter messages': [[besideGarbage], [besideGarbage]],

  'count start': [[suspected], [suspected]],
  'send mail': [
    [due, intake],
    [
      { ...intake, mails: 2 },
      { ...due, mails: 2 },
    ],
  ],
  'transmit mail': [[intake], sending],
  'record sent': [
    [
      { ...intake, mails: 2 },
      { ...due, mails: 2 },
    ],
    [...sending, recordedLate],
  ],
  'release delivery': [
    [serverAway, claimWithoutAnswer],
    [serverAwayDue, claimWithoutAnswer],
  ],
  'postpone delivery': [[greylisted], [greylistedDue]],
  'record failed': [[refusedDue], [refusedDue]],
  'publish confirmations': [sending, [...sending, confirmingAgain]],
  'publish dead letters': [[refused], [refused, buryingAgain]],

  'mark results published': [
    [intake, refused],
    [intake, refused],
  ],

  'lease due deliveries': [
    [due, resultDue],
    [due, suspected, resultDue],
  ],

  'finish events': [[confirming], [confirming, confirmingLate]],
  'dead-letter confirmations': [[confirmingGarbage], [confirmingGarbage]],

  'record dead letters': [[recording], [recording]],

  'reopen event': [[notRetried], [retrying]],

  'update user': [[notUpdated], [updating]],
  'remove user': [[notRemoved], [removing]],
  'invalidate cached user': [invalidating, invalidating],
  'delete invalidation': [[draining], [draining]],
};

const TESTS = new Map<CrashPoint, readonly CrashTest[]>(
  EFFECTS.flatMap((effect) => {
    const [before, after] = CRASH_TESTS[effect];
    return [[`before ${effect}`, before] as const, [`after ${effect}`, after] as const];
  }),
);

export const CRASH_POINTS: readonly CrashPoint[] = [...TESTS.keys()];

export function crashTestsAt(point: CrashPoint): readonly CrashTest[] {
  return TESTS.get(point) ?? [];
}
